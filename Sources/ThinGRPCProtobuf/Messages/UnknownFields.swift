internal import CProtobufC
public import ThinGRPC

/// Fields that a received message carried and its type does not know, kept so that they are sent on unchanged.
public struct UnknownFields: Hashable, Sendable {
  /// The fields in the wire format, in the order in which they came.
  public let bytes: [UInt8]

  /// No fields.
  @inlinable public init() { bytes = [] }

  /// Whether there are none.
  @inlinable public var isEmpty: Bool { bytes.isEmpty }

  /// The unknown fields of an unpacked message.
  ///
  /// - Throws: `MessageCodingError` when one of them has a number that fields cannot have.
  @usableFromInline init(of image: UnsafeRawPointer) throws(MessageCodingError) {
    let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
    var bytes: [UInt8] = []
    for index in unsafe 0..<Int(message.pointee.n_unknown_fields) {
      let field = unsafe message.pointee.unknown_fields[index]
      guard unsafe (1...0x1fff_ffff).contains(field.tag) else {
        throw unsafe MessageCodingError(
          "The bytes are not a valid \(String(cString: message.pointee.descriptor.pointee.name))")
      }
      var tag = unsafe field.tag << 3 | UInt32(field.wire_type.rawValue)
      while tag >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: tag) | 0x80)
        tag >>= 7
      }
      bytes.append(UInt8(tag))
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: field.data, count: field.len))
    }
    self.bytes = bytes
  }
}

extension MessageWriter {
  /// Writes all unknown fields as one: protobuf-c puts the first tag before bytes that hold the rest as it is.
  @usableFromInline func write(raw unknownFields: UnknownFields) {
    let bytes = unknownFields.bytes
    let tagByteCount = 1 + (bytes.firstIndex { $0 < 0x80 } ?? 0)
    let tag = bytes.prefix(tagByteCount).reversed().reduce(UInt32(0)) { $0 << 7 | UInt32($1 & 0x7f) }
    let count = bytes.count - tagByteCount
    let rest = unsafe arena.pointee.allocate(count)
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe UnsafeMutableRawBufferPointer(start: rest, count: count)
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(tagByteCount)))
    }
    let field = unsafe arena.pointee.allocate(MemoryLayout<ProtobufCMessageUnknownField>.size)
      .bindMemory(to: ProtobufCMessageUnknownField.self, capacity: 1)
    unsafe field.initialize(
      to: ProtobufCMessageUnknownField(
        tag: tag >> 3, wire_type: ProtobufCWireType(tag & 7), len: count,
        data: rest.assumingMemoryBound(to: UInt8.self)))
    let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
    unsafe message.pointee.n_unknown_fields = 1
    unsafe message.pointee.unknown_fields = field
  }
}
