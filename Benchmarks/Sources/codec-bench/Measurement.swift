/// The rounds of one operation of one implementation.
struct Measurement {
  let operation: Operation
  private let subject: Subject
  private let iterations: Int
  private var nanoseconds: [Double] = []

  /// Finds how many iterations fill a round, which also warms up.
  init(_ operation: Operation, _ subject: Subject, roundNanoseconds: Double) throws {
    self.operation = operation
    self.subject = subject
    var iterations = 16
    while true {
      let taken = try Self.time { try subject.run(operation, iterations: iterations) }
      if taken >= roundNanoseconds / 4 {
        self.iterations = max(1, Int(Double(iterations) * roundNanoseconds / taken))
        return
      }
      iterations *= 2
    }
  }

  mutating func measureRound() throws {
    let taken = try Self.time { try subject.run(operation, iterations: iterations) }
    nanoseconds.append(taken / Double(iterations))
  }

  /// The nanoseconds of one iteration.
  var median: Double {
    let sorted = nanoseconds.sorted()
    return sorted[sorted.count / 2]
  }

  private static func time(_ body: () throws -> Void) rethrows -> Double {
    let taken = try ContinuousClock().measure(body).components
    return Double(taken.seconds) * 1e9 + Double(taken.attoseconds) / 1e9
  }
}
