/// The requests that a caller hands to a mock of a client, whatever sequence they come in.
public struct MockRequests<Request: Sendable>: AsyncSequence, Sendable {
  public typealias Element = Request
  public typealias Failure = any Error

  private let makeNext: @Sendable () -> () async throws -> Request?

  /// Takes a sequence as it is: it is iterated over as often as this is.
  public init<Requests: AsyncSequence & Sendable>(_ requests: Requests) where Requests.Element == Request {
    makeNext = {
      var iterator = requests.makeAsyncIterator()
      return { () async throws in try await iterator.next(isolation: #isolation) }
    }
  }

  /// Begins with the first request.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(read: makeNext()) }

  /// All requests, once the caller has ended.
  ///
  /// - Throws: what the caller's sequence throws.
  public func all() async throws -> [Request] {
    var requests: [Request] = []
    for try await request in self { requests.append(request) }
    return requests
  }

  /// Reads the requests.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let read: () async throws -> Request?

    /// The next request; nil when the caller has ended.
    ///
    /// - Throws: what the caller's sequence throws.
    public mutating func next() async throws -> Request? { try await read() }
  }
}
