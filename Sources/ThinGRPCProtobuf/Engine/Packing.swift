internal import CProtobufC
public import ThinGRPC

// The calls into libprotobuf-c. Nothing here is generic: an image is an image.

/// The number of bytes that the message in `image` packs to (`protobuf_c_message_get_packed_size`).
@usableFromInline
func packedByteCount(_ image: UnsafeMutableRawPointer) throws(MessageCodingError) -> Int {
  let count = unsafe protobuf_c_message_get_packed_size(image.assumingMemoryBound(to: ProtobufCMessage.self))
  // Lengths inside a message are 32 bits: protobuf-c would write wrong ones without a word.
  guard count <= Int32.max else { throw tooLarge() }
  return count
}

/// Packs the message in `image` to `bytes`, which have room for its packed size (`protobuf_c_message_pack`).
@usableFromInline
func pack(_ image: UnsafeMutableRawPointer, into bytes: UnsafeMutableRawPointer) {
  _ = unsafe protobuf_c_message_pack(
    image.assumingMemoryBound(to: ProtobufCMessage.self), bytes.assumingMemoryBound(to: UInt8.self))
}

/// Unpacks `bytes` into an image in the arena (`protobuf_c_message_unpack`).
@usableFromInline
func unpack(
  _ bytes: UnsafeRawBufferPointer, _ layout: MessageLayout, _ options: DecodingOptions,
  _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> UnsafeRawPointer {
  guard bytes.count <= options.maximumByteCount else {
    throw MessageCodingError(
      "A \(layout.name) of \(bytes.count) bytes is larger than the limit of \(options.maximumByteCount)")
  }
  let descriptor = unsafe layout.linkedDescriptor
  if layout.canExceed(depth: options.maximumDepth) {
    try unsafe checkDepth(of: bytes, descriptor, limit: options.maximumDepth)
  }
  var allocator = unsafe arena.allocator
  let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  guard let message = unsafe protobuf_c_message_unpack(descriptor, &allocator, bytes.count, start) else {
    throw unsafe arena.pointee.isExhausted
      ? MessageCodingError(
        "Decoding a \(layout.name) of \(bytes.count) bytes needs more memory than that size may take")
      : MessageCodingError("The bytes are not a valid \(layout.name)")
  }
  return UnsafeRawPointer(message)
}

/// The descriptor of the entries of the map at `offset` in the message of `image`.
@usableFromInline
func mapEntryDescriptor(of image: UnsafeMutableRawPointer, at offset: Int) -> UnsafeRawPointer {
  guard let field = unsafe fieldDescriptor(of: image, at: offset), let entry = unsafe field.pointee.descriptor
  else { fatalError("A map is written to an offset at which its message has none") }
  return unsafe entry
}

/// The error for a string field whose bytes are not UTF-8.
@usableFromInline @inline(never)
func invalidText(in place: ImagePlace) -> MessageCodingError {
  let message = unsafe String(cString: messageDescriptor(of: place.message).pointee.name)
  let field = unsafe fieldDescriptor(of: place.message, at: place.offset).map { field in
    unsafe String(cString: field.pointee.name)
  }
  return MessageCodingError("The field \(message).\(field ?? "?") is not valid UTF-8")
}

@usableFromInline @inline(never)
func tooLarge() -> MessageCodingError {
  MessageCodingError("The message is larger than 2 GiB, the most that protobuf can carry")
}

@usableFromInline @inline(never)
func tooDeeplyNested() -> MessageCodingError {
  MessageCodingError("The message is nested deeper than \(DecodingOptions.defaultMaximumDepth) levels")
}

private func messageDescriptor(of image: UnsafeRawPointer) -> UnsafePointer<ProtobufCMessageDescriptor> {
  unsafe image.load(as: UnsafePointer<ProtobufCMessageDescriptor>.self)
}

/// The field whose slot begins at `offset`; of a oneof, the one that is set.
private func fieldDescriptor(
  of image: UnsafeRawPointer, at offset: Int
) -> UnsafePointer<ProtobufCFieldDescriptor>? {
  let descriptor = unsafe messageDescriptor(of: image)
  let fields = unsafe UnsafeBufferPointer(
    start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
  let isMember = unsafe image.load(fromByteOffset: offset, as: UInt32.self)
  let index = unsafe fields.firstIndex { field in
    unsafe Int(field.quantifier_offset) == offset
      && (field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) == 0 || field.id == isMember)
  }
  return unsafe index.map { index in unsafe descriptor.pointee.fields + index }
}
