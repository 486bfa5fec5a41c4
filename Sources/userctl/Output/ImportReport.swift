internal import ConsoleProgram
internal import ThinGRPC
internal import UserProtos

/// A row that was refused, as it is printed.
struct RefusedRow: Printable, Encodable, Hashable {
  let line: Int
  let code: String
  let reason: String

  var text: String {
    "line \(String(line).forTerminal(width: 9))  \(code.forTerminal(width: 16))  \(reason.forTerminal(width: 0))"
  }
}

/// What an import came to.
struct ImportReport: Printable, Encodable {
  private(set) var created: Int64 = 0
  /// The rows whose users exist already.
  private(set) var existing: Int64 = 0
  /// The rows that were refused for another reason.
  private(set) var refused: Int64 = 0

  enum CodingKeys: CodingKey {
    case created, existing, refused
  }

  private var shown: [RefusedRow] = []
  private let shownLimit: Int
  private let failures: Output?

  /// - Parameters:
  ///   - shownLimit: how many refused rows are printed at the end.
  ///   - failures: gets every refused row.
  init(shownLimit: Int, failures: Output?) {
    self.shownLimit = shownLimit
    self.failures = failures
  }

  /// How many rows have been dealt with.
  var rows: Int64 { created + existing + refused }

  /// Adds the outcome of a call and of the rows that were malformed before it.
  ///
  /// - Throws: `CommandError` for counts that cannot be those of the batch, and for a failure that cannot be written.
  mutating func add(_ response: ImportUsersResponse, of batch: ImportBatch) throws {
    let counts = 0...Int64(batch.lines.count)
    guard counts.contains(response.created), counts.contains(response.failed),
      response.created + response.failed <= counts.upperBound, response.failures.count <= response.failed
    else {
      throw CommandError.senselessAnswer(
        "the server says that it created \(response.created) users of \(counts.upperBound) and refused "
          + "\(response.failed), \(response.failures.count) of them listed")
    }
    created += response.created
    let listed = response.failures.compactMap { failure -> RefusedRow? in
      guard failure.code != StatusCode.alreadyExists.rawValue else {
        existing += 1
        return nil
      }
      let index = Int(clamping: failure.index)
      let line = batch.lines.indices.contains(index) ? batch.lines[index] : 0
      return RefusedRow(line: line, code: "\(StatusCode(rawValue: failure.code))", reason: failure.reason)
    }
    refused += response.failed - Int64(response.failures.count)
    for row in (batch.malformed + listed).sorted(by: { $0.line < $1.line }) {
      refused += 1
      if shown.count < shownLimit { shown.append(row) }
      try failures?.add(row)
    }
  }

  /// Prints the first refused rows and the sums.
  func finish(to output: Output) throws {
    try failures?.flush()
    for row in shown { try output.add(row) }
    try output.print(self)
  }

  var text: String {
    let more = Int(refused) - shown.count
    return (more > 0 ? "and \(more) more refused rows\n" : "")
      + "\(created) created, \(existing) existing already, \(refused) refused"
  }
}
