internal import CProtobufC
internal import ThinGRPC

// What becomes of images that were made by `makeEmptyImage`, where they are part of a message that is read.

/// The message of a built image in the wire format. Fields that are required may be missing: that is checked where it is read.
func packedBytes(ofBuilt image: UnsafeMutableRawPointer) throws(MessageCodingError) -> [UInt8] {
  // In an arena of its own: that of the image has a budget, and it is not counted there what the image packs to.
  let arena = unsafe Arena.open(budget: .max)
  defer { unsafe Arena.close(arena) }
  unsafe arena.pointee.packedByteBound = Int(Int32.max)
  return try unsafe packedArray(image, EncodingOptions(allowsMissingRequiredFields: true), arena)
}

/// Gives a built image unknown fields, in the wire format; false when the arena's budget is spent.
func setUnknownFields(
  of image: UnsafeMutableRawPointer, to bytes: [UInt8], _ arena: UnsafeMutablePointer<Arena>
) -> Bool {
  guard let held = unsafe arena.pointee.hold(bytes), let start = held.baseAddress else { return false }
  // All as one field, as they are written, too: behind its tag comes the rest as it is.
  var tag: UInt32 = 0
  var tagByteCount = 0
  repeat {
    unsafe tag |= UInt32(held[tagByteCount] & 0x7f) << UInt32(7 * tagByteCount)
    tagByteCount += 1
  } while unsafe held[tagByteCount - 1] >= 0x80
  let byteCount = unsafe MemoryLayout<ProtobufCMessageUnknownField>.size
  guard let room = unsafe arena.pointee.allocateWithinBudget(byteCount) else { return false }
  let field = unsafe room.bindMemory(to: ProtobufCMessageUnknownField.self, capacity: 1)
  unsafe field.initialize(
    to: ProtobufCMessageUnknownField(
      tag: tag >> 3, wire_type: ProtobufCWireType(tag & 7), len: bytes.count - tagByteCount,
      data: UnsafeMutablePointer(mutating: start + tagByteCount)))
  let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
  unsafe message.pointee.n_unknown_fields = 1
  unsafe message.pointee.unknown_fields = field
  return true
}
