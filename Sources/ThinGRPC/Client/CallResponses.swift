/// The responses of a call that goes on, in order.
///
/// One task reads at a time; every iteration goes on where the last one stopped. The responses end when the server has ended the
/// call with OK.
public struct CallResponses<Response: CallMessage>: AsyncSequence {
  public typealias Element = Response
  public typealias Failure = RPCError
  public typealias AsyncIterator = ResponseStream<Response>.AsyncIterator

  @usableFromInline var iterator: AsyncIterator

  init(_ reader: ResponseReader) {
    iterator = AsyncIterator(reader: reader)
  }

  /// Waits for the initial metadata, which the server may send long before its first response; empty where it ends the call with OK
  /// and without any. For calls whose ``CallOptions/receivedMetadata`` has an `onInitial`.
  ///
  /// It is read as the responses are: by one task at a time.
  ///
  /// - Throws: `RPCError` for every other status, and with `failedPrecondition` where the options have no such thing.
  public nonisolated(nonsending) func initialMetadata() async throws(RPCError) -> Metadata {
    try await iterator.reader.initialMetadata()
  }

  /// Goes on where the iteration before stopped.
  public func makeAsyncIterator() -> AsyncIterator { iterator }

  /// The next response; nil when the server has ended the call with OK.
  ///
  /// - Throws: `RPCError` for every other status. A cancelled task cancels the call, which then throws `cancelled`.
  // As ResponseStream's.
  @inlinable @inline(__always)
  public nonisolated(nonsending) func next() async throws(RPCError) -> Response? {
    var iterator = iterator
    return try await iterator.next(isolation: nil)
  }
}
