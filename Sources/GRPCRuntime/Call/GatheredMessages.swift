internal import CGRPCShim

/// Messages that wait to be sent, first in, first out. `destroyAll` has to be called at the end.
@safe struct GatheredMessages: @unchecked Sendable {
  // Sendable: the messages have this one owner.
  private var messages: [UnsafeMutablePointer<grpc_byte_buffer>] = unsafe []
  private var first = 0
  private var byteCount = 0

  /// The most that gathers: so many messages, or the one that exceeds so many bytes.
  private static let mostMessages = 64
  private static let mostBytes = 64 << 10

  var isEmpty: Bool { unsafe first == messages.count }
  var isFull: Bool {
    unsafe messages.count - first >= Self.mostMessages || byteCount >= Self.mostBytes
  }

  mutating func append(_ message: consuming ByteBuffer) {
    byteCount += message.byteCount
    unsafe messages.append(message.takePointer())
  }

  mutating func takeFirst() -> ByteBuffer? {
    guard !isEmpty else { return nil }
    let message = unsafe ByteBuffer(adopting: messages[first])
    first += 1
    byteCount -= message.byteCount
    if isEmpty {
      unsafe messages.removeAll(keepingCapacity: true)
      first = 0
    }
    return message
  }

  mutating func takeLast() -> ByteBuffer? {
    guard !isEmpty, let last = unsafe messages.popLast() else { return nil }
    let message = unsafe ByteBuffer(adopting: last)
    byteCount -= message.byteCount
    return message
  }

  mutating func destroyAll() {
    while takeFirst() != nil {}
  }
}
