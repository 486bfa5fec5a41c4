internal import CProtobufC

/// The table by which libprotobuf-c packs and unpacks one message type (`ProtobufCMessageDescriptor`).
///
/// Generated code makes one for each message type, on first use, and it lives as long as the process.
@safe public struct MessageLayout: @unchecked Sendable {
  // Sendable: nothing here is written again, and the table guards itself.
  /// What an image of this type begins with: its descriptor, links or not.
  @usableFromInline let imageHead: UnsafeRawPointer
  /// The bytes of an image.
  @usableFromInline let byteCount: Int
  /// The most bytes that a message of this type packs to without its text, its bytes, and what it repeats or contains.
  @usableFromInline let packedByteBound: Int
  /// All else. By its address: a reference would be counted up and down for every message.
  let table: UnsafeMutablePointer<MessageTable>

  /// Makes the table.
  ///
  /// - Parameters:
  ///   - name: the message's full name in the .proto file.
  ///   - byteCount: the size of its C image, at least 24 (`sizeof(ProtobufCMessage)`).
  ///   - fields: its fields in the order of their numbers, a line each, such as `optional string name = 1 at 24`.
  ///   - messages: the types of the fields that are messages, and of maps' values, in the order of the fields.
  ///   - enums: the types of those that are enums.
  ///   - isListed: whether messages of this type keep their fields in a list (`WideFields`).
  public init(
    _ name: StaticString, byteCount: Int, _ fields: StaticString,
    messages: [any ProtobufMessage.Type] = [], enums: [any ProtobufEnum.Type] = [], isListed: Bool = false
  ) {
    self.init(
      fullName: "\(name)", byteCount: byteCount,
      FieldRows.fields(fields, messages: messages, enums: enums), isListed: isListed)
  }

  init(fullName: String, byteCount: Int, _ fields: [FieldLayout], isListed: Bool = false) {
    unsafe table = .allocate(capacity: 1)
    unsafe table.initialize(
      to: MessageTable(fullName: fullName, byteCount: byteCount, fields, isListed: isListed))
    unsafe table.pointee.descriptor.pointee.reserved1 = UnsafeMutableRawPointer(table)
    unsafe imageHead = UnsafeRawPointer(table.pointee.descriptor)
    self.byteCount = byteCount
    packedByteBound = fields.count * PackedBound.field
  }

  /// The message's full name in the .proto file.
  public var name: String { unsafe table.pointee.name }
}

/// The table of the message in `image`, by its descriptor.
func messageTable(of image: UnsafeRawPointer) -> UnsafeMutablePointer<MessageTable> {
  let descriptor = unsafe image.load(as: UnsafePointer<ProtobufCMessageDescriptor>.self)
  guard let table = unsafe descriptor.pointee.reserved1?.assumingMemoryBound(to: MessageTable.self) else {
    fatalError("An image has a descriptor that is none of ours")
  }
  return unsafe table
}
