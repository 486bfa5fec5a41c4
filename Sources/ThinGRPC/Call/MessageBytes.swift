package import GRPCRuntime

/// The encoded bytes of one message, owned by whoever holds them.
///
/// Bytes are written straight into the memory that the core sends from, and read straight from the memory that
/// it received into. Rests on `grpc_byte_buffer`.
public struct MessageBytes: ~Copyable, Sendable {
  package var buffer: ByteBuffer

  package init(_ buffer: consuming ByteBuffer) {
    self.buffer = buffer
  }

  /// Makes a message of `byteCount` bytes, written by `initialize`.
  ///
  /// - Parameters:
  ///   - byteCount: the exact number of bytes.
  ///   - initialize: appends exactly `byteCount` bytes; fewer is a programming error.
  /// - Throws: what `initialize` throws.
  public init<Failure: Error>(
    byteCount: Int, initializingWith initialize: (inout OutputRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    self.buffer = try ByteBuffer(byteCount: byteCount, initializingWith: initialize)
  }

  /// Makes a message of a copy of `bytes`.
  public init(copying bytes: [UInt8]) {
    self.buffer = ByteBuffer(copying: bytes)
  }

  /// Gives up the buffer behind the bytes.
  package consuming func takeBuffer() -> ByteBuffer { buffer }

  /// A copy of the bytes.
  public var bytes: [UInt8] { buffer.bytes }

  /// The number of bytes.
  public var byteCount: Int { buffer.byteCount }

  /// Calls `body` with the bytes in one piece.
  ///
  /// - Throws: what `body` throws.
  public func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try buffer.withBytes(body)
  }

  /// Calls `body` with the bytes where they lie; nil when they came in several pieces, for which `copy(to:)` is.
  ///
  /// `withBytes` makes a new block for such a message, which costs more in page faults than in copying: this is for who has
  /// one already.
  package func withBytesInPlace<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    try buffer.withBytesInPlace(body)
  }

  /// Appends the bytes to `output`, which must have room for `byteCount`.
  package func copy(to output: inout OutputRawSpan) { buffer.copy(to: &output) }
}
