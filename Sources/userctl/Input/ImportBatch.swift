internal import UserProtos

/// The rows of one call, with the lines that they came from.
struct ImportBatch {
  private(set) var requests = Requests()
  /// The lines of the requests.
  private(set) var lines: [Int] = []
  private(set) var malformed: [RefusedRow] = []

  var count: Int { lines.count + malformed.count }

  mutating func add(_ row: ImportRow) {
    switch row {
    case .request(let request, let line):
      requests.elements.append(request)
      lines.append(line)
    case .malformed(let row): malformed.append(row)
    }
  }

  /// The requests, in the form that a call takes.
  struct Requests: AsyncSequence, Sendable {
    fileprivate(set) var elements: [CreateUserRequest] = []

    struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate var elements: IndexingIterator<[CreateUserRequest]>

      mutating func next() async throws(Never) -> CreateUserRequest? { elements.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(elements: elements.makeIterator()) }
  }
}
