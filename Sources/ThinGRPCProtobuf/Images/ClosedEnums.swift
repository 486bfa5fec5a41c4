// An enum of proto2 is closed: a received number without a name is no value of it, and is kept as an unknown field.

/// Moves what is no value of a closed enum to the unknown fields, in an image and all that it holds.
func fileClosedEnums(of image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>) {
  let table = unsafe messageTable(of: image)
  var unknown = unsafe UnknownFieldImages()
  for index in unsafe table.pointee.fields.indices {
    let field = unsafe table.pointee.fields[index]
    if let enumeration = unsafe field.enumeration {
      if unsafe enumeration.pointee.isClosed {
        unsafe field.file(in: image, enumeration, &unknown, arena)
      }
    } else if let inner = unsafe field.message, unsafe inner.pointee.traits.contains(.hasClosedEnums) {
      if field.isMap {
        unsafe field.fileEntries(in: image, inner, &unknown, arena)
      } else {
        unsafe field.forEachMessage(in: image) { message in unsafe fileClosedEnums(of: message, arena) }
      }
    }
  }
  unsafe unknown.add(to: image, arena)
}

extension FieldTable {
  fileprivate func file(
    in image: UnsafeMutableRawPointer, _ enumeration: UnsafePointer<EnumTable>,
    _ unknown: inout UnknownFieldImages, _ arena: UnsafeMutablePointer<Arena>
  ) {
    guard unsafe isPresent(in: image) else { return }
    guard isRepeated else {
      let value = unsafe image.load(fromByteOffset: valueOffset, as: Int32.self)
      if unsafe !enumeration.pointee.hasName(for: value) {
        unsafe unknown.append(number, value, arena)
        unsafe remove(from: image)
      }
      return
    }
    let count = unsafe image.load(fromByteOffset: offset, as: Int.self)
    let elements = unsafe image.load(fromByteOffset: valueOffset, as: UnsafeMutableRawPointer.self)
    var kept = 0
    for index in 0..<count {
      let value = unsafe elements.load(fromByteOffset: index * 4, as: Int32.self)
      if unsafe enumeration.pointee.hasName(for: value) {
        unsafe elements.storeBytes(of: value, toByteOffset: kept * 4, as: Int32.self)
        kept += 1
      } else {
        unsafe unknown.append(number, value, arena)
      }
    }
    unsafe image.storeBytes(of: kept, toByteOffset: offset, as: Int.self)
  }

  /// A map's entry whose value is none is unknown as a whole.
  fileprivate func fileEntries(
    in image: UnsafeMutableRawPointer, _ entryTable: UnsafeMutablePointer<MessageTable>,
    _ unknown: inout UnknownFieldImages, _ arena: UnsafeMutablePointer<Arena>
  ) {
    guard unsafe isPresent(in: image), let value = unsafe entryTable.pointee.fields.last else { return }
    let count = unsafe image.load(fromByteOffset: offset, as: Int.self)
    let elements = unsafe image.load(fromByteOffset: valueOffset, as: UnsafeMutableRawPointer.self)
    var kept = 0
    for index in 0..<count {
      let entry = unsafe elements.load(fromByteOffset: index * 8, as: UnsafeMutableRawPointer.self)
      if let enumeration = unsafe value.enumeration, unsafe value.isPresent(in: entry),
        unsafe !enumeration.pointee.hasName(
          for: entry.load(fromByteOffset: value.valueOffset, as: Int32.self))
      {
        let bytes = unsafe packed(entry)
        var content: [UInt8] = []
        content.append(varint: UInt64(bytes.count))
        unsafe unknown.append(number, .lengthDelimited, content + bytes, arena)
        continue
      }
      unsafe value.forEachMessage(in: entry) { message in unsafe fileClosedEnums(of: message, arena) }
      unsafe elements.storeBytes(of: entry, toByteOffset: kept * 8, as: UnsafeMutableRawPointer.self)
      kept += 1
    }
    unsafe image.storeBytes(of: kept, toByteOffset: offset, as: Int.self)
  }
}

extension UnknownFieldImages {
  fileprivate mutating func append(
    _ number: UInt32, _ value: Int32, _ arena: UnsafeMutablePointer<Arena>
  ) {
    var content: [UInt8] = []
    content.append(varint: UInt64(bitPattern: Int64(value)))
    unsafe append(number, .varint, content, arena)
  }
}
