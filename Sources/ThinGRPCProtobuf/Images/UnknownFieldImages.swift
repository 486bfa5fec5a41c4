internal import CProtobufC

/// Unknown fields that an image is to have besides those that it has.
@unsafe struct UnknownFieldImages {
  private var fields: [ProtobufCMessageUnknownField] = unsafe []

  /// Adds a field whose content behind the tag is in `content`.
  mutating func append(
    _ number: UInt32, _ wireType: WireField.WireType, _ content: [UInt8], _ arena: UnsafeMutablePointer<Arena>
  ) {
    let data = unsafe arena.pointee.allocate(content.count)
    unsafe content.withUnsafeBytes { content in
      unsafe UnsafeMutableRawBufferPointer(start: data, count: content.count).copyMemory(from: content)
    }
    unsafe arena.pointee.packedByteBound += PackedBound.field + content.count
    unsafe fields.append(
      ProtobufCMessageUnknownField(
        tag: number, wire_type: ProtobufCWireType(UInt32(wireType.rawValue)), len: content.count,
        data: data.assumingMemoryBound(to: UInt8.self)))
  }

  /// Hands the fields to an image, behind those that it has.
  func add(to image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>) {
    guard unsafe !fields.isEmpty else { return }
    let message = unsafe image.assumingMemoryBound(to: ProtobufCMessage.self)
    let present = unsafe UnsafeBufferPointer(
      start: message.pointee.unknown_fields, count: Int(message.pointee.n_unknown_fields))
    let all = unsafe Array(present) + fields
    let stride = unsafe MemoryLayout<ProtobufCMessageUnknownField>.stride
    let table = unsafe arena.pointee.allocate(all.count * stride)
      .bindMemory(to: ProtobufCMessageUnknownField.self, capacity: all.count)
    for index in unsafe all.indices { unsafe (table + index).initialize(to: all[index]) }
    unsafe message.pointee.n_unknown_fields = UInt32(all.count)
    unsafe message.pointee.unknown_fields = table
  }
}
