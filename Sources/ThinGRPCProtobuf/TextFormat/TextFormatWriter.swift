internal import ThinGRPC

/// Writes the message of an image in text format, by its table.
@safe struct TextFormatWriter {
  let arena: UnsafeMutablePointer<Arena>
  let options: TextFormatEncodingOptions
  var output: TextFormatOutput

  private init(_ arena: UnsafeMutablePointer<Arena>, _ options: TextFormatEncodingOptions) {
    unsafe self.arena = arena
    self.options = options
    output = TextFormatOutput(isSingleLine: options.singleLine)
  }

  /// The message of `image` as text. What the image refers to must be held meanwhile, and its tables be linked.
  static func text(
    of image: UnsafeRawPointer, _ arena: UnsafeMutablePointer<Arena>, _ options: TextFormatEncodingOptions
  ) throws(MessageCodingError) -> String {
    var writer = unsafe TextFormatWriter(arena, options)
    try unsafe writer.write(image)
    return String(decoding: writer.output.bytes, as: UTF8.self)
  }

  mutating func write(_ image: UnsafeRawPointer) throws(MessageCodingError) {
    let table = unsafe messageTable(of: image)
    if unsafe table.pointee.wellKnownType == .any, try unsafe writeExpanded(image, table) { return }
    for index in unsafe table.pointee.fields.indices {
      let field = unsafe table.pointee.fields[index]
      let values = unsafe FieldValues(of: field, in: image)
      guard values.count > 0 else { continue }
      if field.isMap {
        try write(entries: values, field)
      } else {
        for index in 0..<values.count { try unsafe write(field, values[index]) }
      }
    }
    let unknownFields = unsafe MessageReader(image, arena).unknownFields
    if !unknownFields.isEmpty { try unsafe write(unknownFields, table.pointee.name) }
  }

  /// One value of a field, with its name; that of an extension is in brackets.
  mutating func write(
    _ field: FieldTable, _ place: UnsafeRawPointer, extension name: String? = nil
  ) throws(MessageCodingError) {
    output.beginField()
    if let name {
      output.append("[\(name)]".utf8)
    } else {
      writeName(of: field)
    }
    if field.kind.isMessage {
      output.openMessage()
      // None is there in the entry of a map that was received without a value: an empty one.
      if let image = unsafe messageImage(at: place) { try unsafe write(image) }
      output.closeMessage()
    } else {
      output.append(": ")
      unsafe write(scalar: place, field)
      output.endField()
    }
  }

  private mutating func write(entries: FieldValues, _ field: FieldTable) throws(MessageCodingError) {
    let entries = unsafe (0..<entries.count).compactMap { unsafe messageImage(at: entries[$0]) }
    guard let first = unsafe entries.first else { return }
    let table = unsafe messageTable(of: first)
    guard let key = unsafe table.pointee.field(numbered: 1),
      let value = unsafe table.pointee.field(numbered: 2)
    else { fatalError("A map's entry has no key or no value in its table") }
    let sorted = unsafe sortedByKey(entries, key.pointee.kind)
    for index in unsafe sorted.indices {
      let entry = unsafe sorted[index]
      output.beginField()
      writeName(of: field)
      output.openMessage()
      try unsafe write(key.pointee, entry + key.pointee.valueOffset)
      try unsafe write(value.pointee, entry + value.pointee.valueOffset)
      output.closeMessage()
    }
  }

  private mutating func writeName(of field: FieldTable) {
    if let name = field.groupName { output.append(name) } else { unsafe output.append(field.name) }
  }

  private mutating func write(scalar place: UnsafeRawPointer, _ field: FieldTable) {
    switch field.kind {
    case .int32, .sint32, .sfixed32: output.append(unsafe place.load(as: Int32.self))
    case .uint32, .fixed32: output.append(unsafe place.load(as: UInt32.self))
    case .int64, .sint64, .sfixed64: output.append(unsafe place.load(as: Int64.self))
    case .uint64, .fixed64: output.append(unsafe place.load(as: UInt64.self))
    case .float: output.append(unsafe place.load(as: Float.self))
    case .double: output.append(unsafe place.load(as: Double.self))
    case .bool: output.append(unsafe place.load(as: UInt64.self) != 0 ? "true" : "false")
    case .enumeration:
      let number = unsafe place.load(as: Int32.self)
      if let name = unsafe field.enumeration?.pointee.name(of: number) {
        output.append(name.utf8)
      } else {
        output.append(number)
      }
    case .string: unsafe output.append(quotedText: bytes(at: place))
    case .bytes: unsafe output.append(quotedBytes: bytes(at: place))
    case .message, .group: fatalError("A message is no scalar")
    }
  }
}
