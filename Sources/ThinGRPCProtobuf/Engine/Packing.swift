internal import CProtobufC
public import ThinGRPC

// The calls into libprotobuf-c. Nothing here is generic: an image is an image.

/// The message in `image` as an array.
@usableFromInline
func packedArray(
  _ image: UnsafeMutableRawPointer, _ options: EncodingOptions, _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> [UInt8] {
  try unsafe finishEncoding(of: image, options, arena)
  if let packed = unsafe packedInArena(image, arena) { return unsafe [UInt8](packed) }
  let byteCount = try unsafe packedByteCount(image)
  // Not `init(unsafeUninitializedCapacity:)`, which is not specialized and looks up the array's type each time.
  var bytes: [UInt8] = []
  bytes.reserveCapacity(byteCount)
  bytes.append(addingCapacity: byteCount) { output in
    unsafe output.withUnsafeMutableBufferPointer { buffer, initializedCount in
      initializedCount = unsafe pack(image, into: buffer.baseAddress)
    }
  }
  return bytes
}

/// The message in `image` as a call carries it.
@usableFromInline
func packedMessage(
  _ image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) -> MessageBytes {
  try unsafe finishEncoding(of: image, EncodingOptions(), arena)
  if let packed = unsafe packedInArena(image, arena) {
    return MessageBytes(byteCount: packed.count) { output in
      unsafe output.withUnsafeMutableBytes { buffer, initializedCount in
        unsafe buffer.copyMemory(from: packed)
        initializedCount = packed.count
      }
    }
  }
  let byteCount = try unsafe packedByteCount(image)
  return MessageBytes(byteCount: byteCount) { output in
    unsafe output.withUnsafeMutableBytes { buffer, initializedCount in
      initializedCount = unsafe pack(
        image, into: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
  }
}

/// Checks, and does for the engine, what it leaves to do before an image is packed.
@inline(__always)
private func finishEncoding(
  of image: UnsafeMutableRawPointer, _ options: EncodingOptions, _ arena: UnsafeMutablePointer<Arena>
) throws(MessageCodingError) {
  try unsafe arena.pointee.checkNoFailure()
  let traits = unsafe preparedTable(messageTable(of: image)).pointee.traits
  if traits.isDisjoint(with: [.hasRequiredFields, .hasGroups]) { return }
  if traits.contains(.hasRequiredFields), !options.allowsMissingRequiredFields {
    try unsafe checkRequiredFields(of: image)
  }
  if traits.contains(.hasGroups) { unsafe fileGroups(of: image, arena) }
}

/// The message in `image`, which the engine can write as it is.
func packed(_ image: UnsafeMutableRawPointer) -> [UInt8] {
  let byteCount = unsafe protobuf_c_message_get_packed_size(
    image.assumingMemoryBound(to: ProtobufCMessage.self))
  return unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
    initializedCount = unsafe pack(image, into: buffer.baseAddress)
  }
}

/// Packs a message into the arena where that is surely cheap; nil where it may not be.
///
/// To find the size beforehand takes nearly as long as packing, field for field. To copy what was packed takes time for each byte:
/// that is too much where fields are long.
@inline(__always)
private func packedInArena(
  _ image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
) -> UnsafeRawBufferPointer? {
  let fields = unsafe arena.pointee.packedByteBound
  let content = unsafe arena.pointee.contentByteCount
  let bound = fields + content
  guard bound <= 4096 || bound <= 256 << 10 && content <= 4 * fields else { return nil }
  let room = unsafe arena.pointee.allocate(bound)
  let byteCount = unsafe pack(image, into: room.assumingMemoryBound(to: UInt8.self))
  return unsafe UnsafeRawBufferPointer(start: room, count: byteCount)
}

/// The number of bytes that the message in `image` packs to (`protobuf_c_message_get_packed_size`).
private func packedByteCount(_ image: UnsafeMutableRawPointer) throws(MessageCodingError) -> Int {
  let count = unsafe protobuf_c_message_get_packed_size(image.assumingMemoryBound(to: ProtobufCMessage.self))
  // Lengths inside a message are 32 bits: protobuf-c would write wrong ones without a word.
  guard count <= Int32.max else { throw tooLarge() }
  return count
}

/// Packs the message in `image` to `bytes`, which have room for it (`protobuf_c_message_pack`); returns the packed size.
private func pack(_ image: UnsafeMutableRawPointer, into bytes: UnsafeMutablePointer<UInt8>?) -> Int {
  unsafe protobuf_c_message_pack(image.assumingMemoryBound(to: ProtobufCMessage.self), bytes)
}

/// Unpacks `bytes` into an image in an arena of its own, which the caller closes (`protobuf_c_message_unpack`).
@usableFromInline
func unpack(
  _ bytes: RawSpan, _ layout: MessageLayout, _ options: DecodingOptions
) throws(MessageCodingError) -> MessageReader {
  try unsafe withNewArena(forDecoding: bytes.byteCount) { arena throws(MessageCodingError) in
    try unsafe bytes.withUnsafeBytes { bytes throws(MessageCodingError) in
      try unsafe unpackedImage(bytes, layout, options, arena)
    }
  }
}

/// Unpacks the message of a call likewise, out of the core's memory. What came in several pieces is joined in the arena.
@usableFromInline
func unpack(
  _ bytes: borrowing MessageBytes, _ layout: MessageLayout
) throws(MessageCodingError) -> MessageReader {
  let inPlace = try unsafe bytes.withBytesInPlace { bytes throws(MessageCodingError) in
    try unsafe unpack(bytes, layout, DecodingOptions())
  }
  if let inPlace = unsafe inPlace { return unsafe inPlace }
  let byteCount = bytes.byteCount
  // The room for joining is beyond the budget of the decoding.
  return try unsafe withNewArena(forDecoding: byteCount, beyond: byteCount) {
    arena throws(MessageCodingError) in
    let joined = unsafe UnsafeMutableRawBufferPointer(
      start: arena.pointee.allocate(byteCount), count: byteCount)
    var output = unsafe OutputRawSpan(buffer: joined, initializedCount: 0)
    bytes.copy(to: &output)
    let joinedByteCount = unsafe output.finalize(for: joined)
    precondition(joinedByteCount == byteCount, "A message of \(byteCount) bytes came as \(joinedByteCount)")
    unsafe arena.pointee.keepWhatIsThere()
    defer { unsafe arena.pointee.keepNothing() }
    return try unsafe unpackedImage(UnsafeRawBufferPointer(joined), layout, DecodingOptions(), arena)
  }
}

/// The reader of the image that `body` makes in a new arena, which is closed where it throws.
@inline(__always)
private func withNewArena(
  forDecoding byteCount: Int, beyond extraByteCount: Int = 0,
  _ body: (UnsafeMutablePointer<Arena>) throws(MessageCodingError) -> UnsafeMutableRawPointer
) throws(MessageCodingError) -> MessageReader {
  let arena = unsafe Arena.openInline(
    budget: DecodingOptions.memoryBudget(forDecoding: byteCount) + extraByteCount)
  do throws(MessageCodingError) {
    return try unsafe MessageReader(body(arena), arena)
  } catch {
    unsafe Arena.close(arena)
    throw error
  }
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
  let message = unsafe String(cString: messageDescriptor(of: place.reader.image).pointee.name)
  let field = unsafe fieldDescriptor(of: place.reader.image, at: place.offset).map { field in
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
