internal import CGRPCShim

/// The bytes of one message, owned: a `grpc_byte_buffer` with a single owner.
///
/// Destroyed with its last use (`grpc_byte_buffer_destroy`).
@safe package struct ByteBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: there is one owner, and the core's slices are reference counted atomically.
  let pointer: UnsafeMutablePointer<grpc_byte_buffer>

  init(adopting pointer: UnsafeMutablePointer<grpc_byte_buffer>) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe grpc_byte_buffer_destroy(pointer)
  }

  /// Another buffer of the same bytes, which are not copied (`grpc_byte_buffer_copy`).
  func sharingBytes() -> ByteBuffer { unsafe ByteBuffer(adopting: grpc_byte_buffer_copy(pointer)) }

  /// Gives up the buffer, to be adopted or destroyed by whoever takes it.
  consuming func takePointer() -> UnsafeMutablePointer<grpc_byte_buffer> {
    let pointer = unsafe pointer
    discard self
    return unsafe pointer
  }

  /// A buffer of `byteCount` bytes that `initialize` fills completely (`grpc_slice_malloc`).
  package init<Failure: Error>(
    byteCount: Int, initializingWith initialize: (inout OutputRawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    var slice = unsafe grpc_slice_malloc(byteCount)
    defer { unsafe grpc_slice_unref(slice) }
    let bytes = unsafe UnsafeMutableRawBufferPointer(
      start: thin_slice_mutable_start(&slice), count: byteCount)
    var output = unsafe OutputRawSpan(buffer: bytes, initializedCount: 0)
    try initialize(&output)
    let written = unsafe output.finalize(for: bytes)
    precondition(written == byteCount, "A message of \(byteCount) bytes was filled with \(written)")
    unsafe self.init(adopting: grpc_raw_byte_buffer_create(&slice, 1))
  }

  /// A buffer of a copy of `bytes`.
  package init(copying bytes: [UInt8]) {
    var slice = unsafe grpc_slice(copying: bytes)
    defer { unsafe grpc_slice_unref(slice) }
    unsafe self.init(adopting: grpc_raw_byte_buffer_create(&slice, 1))
  }

  /// A copy of the bytes.
  package var bytes: [UInt8] {
    withBytes { span in unsafe span.withUnsafeBytes { unsafe Array($0) } }
  }

  /// The number of bytes in all slices (`grpc_byte_buffer_length`).
  package var byteCount: Int { unsafe grpc_byte_buffer_length(pointer) }

  /// Calls `body` with the bytes in one piece; a buffer of several slices is copied together first.
  package func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if let slice = unsafe thin_byte_buffer_only_slice(pointer) {
      let bytes = unsafe UnsafeRawBufferPointer(
        start: thin_slice_start(slice), count: thin_slice_length(slice))
      return try unsafe body(bytes.bytes)
    }
    var reader = unsafe grpc_byte_buffer_reader()
    let initialized = unsafe grpc_byte_buffer_reader_init(&reader, pointer)
    precondition(initialized == 1, "The core handed over a byte buffer that it cannot read")
    var joined = unsafe grpc_byte_buffer_reader_readall(&reader)
    defer {
      unsafe grpc_slice_unref(joined)
      unsafe grpc_byte_buffer_reader_destroy(&reader)
    }
    let bytes = unsafe UnsafeRawBufferPointer(
      start: thin_slice_start(&joined), count: thin_slice_length(&joined))
    return try unsafe body(bytes.bytes)
  }

  /// Calls `body` with the bytes where they lie; nil when they lie in several slices, for which `copy(to:)` is.
  package func withBytesInPlace<Result: ~Copyable, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let slice = unsafe thin_byte_buffer_only_slice(pointer) else { return nil }
    let bytes = unsafe UnsafeRawBufferPointer(
      start: thin_slice_start(slice), count: thin_slice_length(slice))
    return try unsafe body(bytes.bytes)
  }

  /// Appends the bytes of all slices to `output`, which must have room for `byteCount`.
  package func copy(to output: inout OutputRawSpan) {
    var reader = unsafe grpc_byte_buffer_reader()
    let initialized = unsafe grpc_byte_buffer_reader_init(&reader, pointer)
    precondition(initialized == 1, "The core handed over a byte buffer that it cannot read")
    defer { unsafe grpc_byte_buffer_reader_destroy(&reader) }
    unsafe output.withUnsafeMutableBytes { room, initializedCount in
      var slice: UnsafeMutablePointer<grpc_slice>?
      while unsafe grpc_byte_buffer_reader_peek(&reader, &slice) == 1, let piece = unsafe slice {
        let bytes = unsafe UnsafeRawBufferPointer(
          start: thin_slice_start(piece), count: thin_slice_length(piece))
        unsafe UnsafeMutableRawBufferPointer(rebasing: room[initializedCount...]).copyMemory(from: bytes)
        initializedCount += bytes.count
      }
    }
  }
}
