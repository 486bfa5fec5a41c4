internal import ArgumentParser

/// What encoding and decoding cost, in ThinGRPC, in swift-protobuf and in C.
@main
struct CodecBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec-bench",
    abstract: "Compares encoding and decoding in ThinGRPC, swift-protobuf and protobuf-c's C structs.",
    discussion: """
      Every implementation is first verified to encode the same bytes and to decode them to the same message; in JSON, to \
      decode what the other encoded. Rounds of all implementations are interleaved, and the medians are printed. With \
      --iterations one operation runs so often and nothing is measured: for a profiler.
      """)

  @Option(help: "One of \(Shape.allCases.map(\.rawValue).joined(separator: ", ")); all unless set.")
  var shape: Shape?

  @Option(help: "One of \(Implementation.allCases.map(\.rawValue).joined(separator: ", ")); all unless set.")
  var implementation: Implementation?

  @Option(help: "One of \(Operation.allCases.map(\.rawValue).joined(separator: ", ")); all unless set.")
  var operation: Operation?

  @Option(help: "How many rounds are measured.")
  var rounds = 15

  @Option(help: "How long one implementation runs in a round, in milliseconds.")
  var roundMs = 20

  @Option(help: "Run the operation so many times, and measure nothing.")
  var iterations: Int?

  @Flag(help: "Print one line of JSON for each shape and implementation.")
  var json = false

  func validate() throws {
    guard rounds > 0, roundMs > 0, iterations ?? 1 >= 0 else {
      throw ValidationError("--rounds and --round-ms must be at least 1, --iterations at least 0")
    }
  }

  func run() throws {
    if !json && iterations == nil { print(Result.head) }
    for shape in shape.map({ [$0] }) ?? Shape.allCases {
      let agreed = try shape.thin(call: false)
      let implementations = implementation.map { [$0] } ?? Implementation.allCases
      let subjects = try implementations.compactMap { implementation in
        try implementation.subject(shape, agreed: agreed).map { (implementation, $0) }
      }
      if let iterations {
        for (_, subject) in subjects {
          for operation in operation.map({ [$0] }) ?? Operation.allCases {
            try subject.run(operation, iterations: iterations)
          }
        }
        continue
      }
      let results = try measure(subjects, of: shape)
      for result in results { print(json ? result.json : result.row(comparedWith: results.first)) }
    }
  }

  private func measure(_ subjects: [(Implementation, Subject)], of shape: Shape) throws -> [Result] {
    var measurements = try subjects.map { _, subject in
      try subject.operations.map { try Measurement($0, subject, roundNanoseconds: Double(roundMs) * 1e6) }
    }
    for _ in 0..<rounds {
      for index in measurements.indices {
        for operation in measurements[index].indices { try measurements[index][operation].measureRound() }
      }
    }
    return zip(subjects, measurements).map { subject, measurements in
      Result(
        shape: shape, implementation: subject.0,
        nanoseconds: Dictionary(uniqueKeysWithValues: measurements.map { ($0.operation, $0.median) }),
        byteCount: subject.1.bytes.count, jsonByteCount: subject.1.json?.bytes.count)
    }
  }
}
