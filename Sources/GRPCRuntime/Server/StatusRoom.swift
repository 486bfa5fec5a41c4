/// How much goes out with a status: the message and the trailing metadata, so cut that the client takes them in.
///
/// The core answers RESOURCE_EXHAUSTED in place of a status that is larger than the client said it takes.
struct StatusRoom {
  /// What HTTP/2 counts for each entry beside its text.
  private static let entryOverhead = 32
  /// What goes out along with any status: its code, and HTTP/2's own entries.
  private static let reserved = 256
  /// What a message has room for, whatever the metadata.
  private static let leastForMessage = 1024

  private let byteCount: Int

  /// - Parameter limit: the most that goes out with a status, as HTTP/2 counts it.
  init(limit: Int) {
    byteCount = max(0, limit - Self.reserved - Self.entryOverhead - "grpc-message".utf8.count)
  }

  /// The message, cut where it is too long, and the metadata, left out where it is too large: the status details where only with them
  /// it is.
  func fit(_ message: String, _ trailing: [MetadataField]) -> (message: String, trailing: [MetadataField]) {
    let (messageByteCount, trailingByteCount) = (
      Self.encodedByteCount(of: message), Self.byteCount(of: trailing)
    )
    if messageByteCount + trailingByteCount <= byteCount { return (message, trailing) }
    // The details go first: they state the message too, and clients take none that state another one.
    let others = trailing.filter { $0.key != MetadataField.statusDetailsKey }
    let othersByteCount = Self.byteCount(of: others)
    let hasDetails = others.count < trailing.count
    var note =
      hasDetails ? " (status details of \(trailingByteCount - othersByteCount) bytes were left out)" : ""
    let room = byteCount - othersByteCount - note.utf8.count
    if room >= min(messageByteCount, Self.leastForMessage) {
      return (Self.cut(message, to: room) + note, others)
    }
    note = " (trailing metadata of \(trailingByteCount) bytes was left out)"
    return (Self.cut(message, to: byteCount - note.utf8.count) + note, [])
  }

  private static func byteCount(of fields: [MetadataField]) -> Int {
    fields.reduce(0) { $0 + byteCount(of: $1) }
  }

  private static func byteCount(of field: MetadataField) -> Int {
    let value =
      switch field.value {
      case .text(let text): text.utf8.count
      // In Base64.
      case .binary(let bytes): (bytes.count * 4 + 2) / 3
      }
    return entryOverhead + field.key.utf8.count + value
  }

  /// The beginning of the message that takes no more than `room` bytes.
  private static func cut(_ message: String, to room: Int) -> String {
    if encodedByteCount(of: message) <= room { return message }
    let ellipsis = "..."
    var byteCount = ellipsis.utf8.count
    let beginning = message.unicodeScalars.prefix { scalar in
      byteCount += scalar.utf8.reduce(0) { $0 + encodedByteCount(of: $1) }
      return byteCount <= room
    }
    return String(beginning) + ellipsis
  }

  private static func encodedByteCount(of message: String) -> Int {
    message.utf8.reduce(0) { $0 + encodedByteCount(of: $1) }
  }

  /// Percent-encoding: everything but printable ASCII takes three bytes, and the percent sign.
  private static func encodedByteCount(of byte: UInt8) -> Int {
    (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "%") ? 1 : 3
  }
}

extension Unicode.Scalar {
  fileprivate var utf8: String.UTF8View { String(self).utf8 }
}
