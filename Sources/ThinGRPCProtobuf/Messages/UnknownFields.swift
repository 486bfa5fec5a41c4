internal import CProtobufC
internal import ThinGRPC

/// Fields that a received message carried and its type does not know, kept so that they are sent on unchanged.
public struct UnknownFields: Hashable, Sendable {
  /// Nil for no fields: then there is nothing to retain where a message is copied.
  @usableFromInline let kept: Kept?

  @usableFromInline final class Kept: Sendable {
    @usableFromInline let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  /// No fields.
  @inlinable public init() { kept = nil }

  /// The fields in the wire format, in the order in which they came.
  @inlinable public var bytes: [UInt8] { kept?.bytes ?? [] }

  /// Whether there are none.
  @inlinable public var isEmpty: Bool { kept == nil }

  /// Whether the same bytes came in the same order.
  @inlinable public static func == (left: UnknownFields, right: UnknownFields) -> Bool {
    left.kept === right.kept || left.bytes == right.bytes
  }

  /// Hashes the bytes.
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// Fields in the wire format, well-formed.
  init(encoded bytes: [UInt8]) { kept = bytes.isEmpty ? nil : Kept(bytes) }

  /// The unknown fields of an unpacked message. A number that fields cannot have makes the decoding fail.
  @usableFromInline init(in reader: MessageReader) {
    let message = unsafe reader.image.assumingMemoryBound(to: ProtobufCMessage.self)
    let marks = unsafe reader.arena.pointee.isRewritten ? ~RewrittenNumber.mask : 0
    var bytes: [UInt8] = []
    for index in unsafe 0..<Int(message.pointee.n_unknown_fields) {
      let field = unsafe message.pointee.unknown_fields[index]
      let number = unsafe field.tag & ~marks
      guard (1...RewrittenNumber.mask).contains(number) else {
        unsafe reader.arena.pointee.fail(
          MessageCodingError(
            "The bytes are not a valid \(String(cString: message.pointee.descriptor.pointee.name))"))
        break
      }
      let content = unsafe Array(UnsafeBufferPointer(start: field.data, count: field.len))
      if unsafe field.tag & marks & RewrittenNumber.group != 0 {
        // The group's content stands behind a length.
        bytes.append(tag: number, .startGroup)
        let lengthByteCount = 1 + (content.firstIndex { $0 < 0x80 } ?? 0)
        bytes.append(contentsOf: content.dropFirst(lengthByteCount))
        bytes.append(tag: number, .endGroup)
      } else {
        bytes.append(varint: UInt64(number) << 3 | UInt64(unsafe field.wire_type.rawValue))
        bytes.append(contentsOf: content)
      }
    }
    kept = bytes.isEmpty ? nil : Kept(bytes)
  }
}

extension UnknownFields {
  /// All that came for one field, as one after the other.
  func bytes(ofField number: UInt32) -> [UInt8] {
    guard !isEmpty else { return [] }
    return parts(where: { $0 == number })
  }

  /// The same with `bytes` instead of what came for one field. In the order of the numbers, whatever the order of the changes: so
  /// messages with the same values are equal.
  func replacing(_ number: UInt32, by bytes: [UInt8]) -> UnknownFields {
    UnknownFields(encoded: parts(where: { $0 < number }) + bytes + parts(where: { $0 > number }))
  }

  /// The fields whose numbers are chosen, one after the other.
  private func parts(where isChosen: (UInt32) -> Bool) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { bytes in
      var reader = unsafe WireReader(bytes)
      var chosen: [UInt8] = []
      // What is kept here was read before: it is well-formed, and no deeper than it may be.
      while let field = unsafe try? reader.next(levels: .max) {
        if unsafe isChosen(field.number) { unsafe chosen.append(contentsOf: field.whole) }
      }
      return chosen
    }
  }
}

extension MessageWriter {
  /// Writes all unknown fields as one: protobuf-c puts the first tag before bytes that hold the rest as it is.
  @usableFromInline func write(raw unknownFields: UnknownFields) {
    unsafe unknownFields.bytes.withUnsafeBufferPointer { bytes in
      let tagByteCount = unsafe 1 + (bytes.firstIndex { $0 < 0x80 } ?? 0)
      let tag = unsafe bytes.prefix(tagByteCount).reversed().reduce(UInt32(0)) { $0 << 7 | UInt32($1 & 0x7f) }
      let rest = unsafe UnsafeBufferPointer(rebasing: bytes.dropFirst(tagByteCount))
      unsafe arena.pointee.contentByteCount += bytes.count
      let field = unsafe arena.pointee.allocate(MemoryLayout<ProtobufCMessageUnknownField>.size)
        .bindMemory(to: ProtobufCMessageUnknownField.self, capacity: 1)
      // The bytes stay where they are: the message being written holds them.
      unsafe field.initialize(
        to: ProtobufCMessageUnknownField(
          tag: tag >> 3, wire_type: ProtobufCWireType(tag & 7), len: rest.count,
          data: UnsafeMutablePointer(mutating: rest.baseAddress)))
      let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
      unsafe message.pointee.n_unknown_fields = 1
      unsafe message.pointee.unknown_fields = field
    }
  }
}
