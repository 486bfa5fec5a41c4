internal import CProtobufC

/// Gives tables whose messages can have packed numbers the descriptors by which they are unpacked: as their others, but the numbers
/// come as the bytes that they are on the wire.
///
/// - Parameter tables: linked, with all that they lead to that has no such descriptor yet.
func makeReadingDescriptors(of tables: [UnsafeMutablePointer<MessageTable>]) {
  let packed = unsafe tables.filter { unsafe $0.pointee.traits.contains(.hasPackedNumbers) }
  for index in unsafe packed.indices {
    unsafe packed[index].pointee.readingDescriptor = packed[index].pointee.makeReadingDescriptor()
  }
  for index in unsafe packed.indices {
    let descriptor = unsafe packed[index].pointee.readingDescriptor
    for link in unsafe packed[index].pointee.links {
      let field = unsafe UnsafeMutablePointer(mutating: descriptor.pointee.fields + link.fieldIndex)
      unsafe field.pointee.descriptor = UnsafeRawPointer(link.layout().table.pointee.readingDescriptor)
    }
  }
}

extension MessageTable {
  fileprivate func makeReadingDescriptor() -> UnsafeMutablePointer<ProtobufCMessageDescriptor> {
    let present = unsafe UnsafeBufferPointer(start: descriptor.pointee.fields, count: fields.count)
    let read = unsafe UnsafeMutableBufferPointer<ProtobufCFieldDescriptor>.allocate(capacity: fields.count)
    _ = unsafe read.initialize(from: present)
    for index in unsafe fields.indices where unsafe fields[index].isPackedVarints {
      // Repeated: each part in which the field comes is an element.
      unsafe read[index].type = PROTOBUF_C_TYPE_BYTES
      unsafe read[index].flags = 0
    }
    let pointer = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
    unsafe pointer.initialize(to: descriptor.pointee)
    unsafe pointer.pointee.fields = UnsafePointer(read.baseAddress)
    return unsafe pointer
  }
}
