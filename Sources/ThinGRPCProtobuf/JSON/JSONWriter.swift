/// Writes the message in an image as JSON, by the image's table.
@safe struct JSONWriter {
  var output: JSONOutput
  let options: JSONEncodingOptions
  let arena: UnsafeMutablePointer<Arena>
  /// How many messages are being written inside each other, and by how many levels lines are indented.
  private var depth = 0
  private var level = 0

  init(_ options: JSONEncodingOptions, expecting byteCount: Int, _ arena: UnsafeMutablePointer<Arena>) {
    self.options = options
    unsafe self.arena = arena
    unsafe output = JSONOutput(expecting: byteCount, arena)
  }

  /// A message in whatever form its type has.
  mutating func write(message image: UnsafeRawPointer) throws(JSONFailure) {
    // An image has an end to its depth, but each Any in it leads to another.
    guard depth < DecodingOptions.defaultMaximumDepth else {
      throw JSONFailure("messages are nested deeper than \(DecodingOptions.defaultMaximumDepth) levels")
    }
    depth += 1
    defer { depth -= 1 }
    if let type = unsafe messageTable(of: image).pointee.wellKnownType {
      try unsafe write(image, as: type)
    } else {
      begin(UInt8(ascii: "{"))
      var isEmpty = true
      try unsafe write(fieldsOf: image, &isEmpty)
      end(UInt8(ascii: "}"), isEmpty: isEmpty)
    }
  }

  /// The fields of a message, as members of an object that has been begun.
  mutating func write(fieldsOf image: UnsafeRawPointer, _ isEmpty: inout Bool) throws(JSONFailure) {
    let fields = unsafe messageTable(of: image).pointee.fields
    guard var field = fields.baseAddress else { return }
    for _ in 0..<fields.count {
      let values = unsafe FieldValues(of: field.pointee, in: image)
      let isWanted = unsafe options.includesDefaultValues && field.pointee.hasNoPresence
      if values.count > 0 || isWanted {
        do throws(JSONFailure) {
          try unsafe write(field, values, &isEmpty)
        } catch {
          throw unsafe error.within(field)
        }
      }
      unsafe field += 1
    }
    if unsafe image.load(fromByteOffset: 8, as: UInt32.self) != 0 {
      try unsafe write(extensionsOf: image, &isEmpty)
    }
  }

  /// A field that is there, or is written with its default, as a member of the object.
  ///
  /// - Parameter name: the key of an extension.
  mutating func write(
    _ field: UnsafeMutablePointer<FieldTable>, _ values: FieldValues, _ isEmpty: inout Bool,
    name: String? = nil
  ) throws(JSONFailure) {
    beginElement(&isEmpty)
    if let name {
      unsafe name.utf8Span.span.withUnsafeBufferPointer { name in unsafe writeKey(name) }
    } else {
      unsafe writeKey(options.preservesProtoFieldNames ? field.pointee.name : field.pointee.jsonName)
    }
    if unsafe field.pointee.isMap {
      try unsafe write(map: values, field)
    } else if unsafe field.pointee.isRepeated {
      try unsafe write(list: values, field)
    } else if values.count > 0 {
      try unsafe write(field, at: values[0])
    } else {
      try unsafe writeDefault(field)
    }
  }

  /// The elements of a repeated field.
  mutating func write(
    list values: FieldValues, _ field: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    begin(UInt8(ascii: "["))
    var isEmpty = true
    for index in 0..<values.count {
      beginElement(&isEmpty)
      do throws(JSONFailure) {
        try unsafe write(field, at: values[index])
      } catch {
        throw error.within(element: index)
      }
    }
    end(UInt8(ascii: "]"), isEmpty: isEmpty)
  }

  /// The entries of a map, whose keys are strings whatever their type.
  mutating func write(
    map entries: FieldValues, _ field: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    begin(UInt8(ascii: "{"))
    var isEmpty = true
    if options.sortsMaps, let kind = unsafe field.pointee.message?.pointee.fields.first?.kind {
      let images = unsafe (0..<entries.count).compactMap { unsafe messageImage(at: entries[$0]) }
      let sorted = unsafe sortedByKey(images, kind)
      for index in unsafe sorted.indices { try unsafe write(entry: sorted[index], index, &isEmpty) }
    } else {
      for index in 0..<entries.count {
        guard let entry = unsafe messageImage(at: entries[index]) else { continue }
        try unsafe write(entry: entry, index, &isEmpty)
      }
    }
    end(UInt8(ascii: "}"), isEmpty: isEmpty)
  }

  private mutating func write(
    entry: UnsafeRawPointer, _ index: Int, _ isEmpty: inout Bool
  ) throws(JSONFailure) {
    guard let key = unsafe messageTable(of: entry).pointee.fields.baseAddress else { return }
    beginElement(&isEmpty)
    do throws(JSONFailure) {
      try unsafe write(key: key, at: entry + key.pointee.valueOffset)
      try unsafe write(key + 1, at: entry + (key + 1).pointee.valueOffset)
    } catch {
      throw error.within(element: index)
    }
  }

  private mutating func write(
    key field: UnsafeMutablePointer<FieldTable>, at place: UnsafeRawPointer
  ) throws(JSONFailure) {
    switch unsafe field.pointee.kind {
    case .string, .int64, .sint64, .sfixed64, .uint64, .fixed64: try unsafe write(field, at: place)
    default:
      output.append(UInt8(ascii: "\""))
      try unsafe write(field, at: place)
      output.append(UInt8(ascii: "\""))
    }
    writeColon()
  }

  /// A value of a field, which for a map is the key or the value of an entry.
  mutating func write(
    _ field: UnsafeMutablePointer<FieldTable>, at place: UnsafeRawPointer
  ) throws(JSONFailure) {
    switch unsafe field.pointee.kind {
    case .int32, .sint32, .sfixed32: unsafe output.append(Int64(place.load(as: Int32.self)))
    case .uint32, .fixed32: unsafe output.append(UInt64(place.load(as: UInt32.self)))
    case .int64, .sint64, .sfixed64:
      output.append(UInt8(ascii: "\""))
      unsafe output.append(place.load(as: Int64.self))
      output.append(UInt8(ascii: "\""))
    case .uint64, .fixed64:
      output.append(UInt8(ascii: "\""))
      unsafe output.append(place.load(as: UInt64.self))
      output.append(UInt8(ascii: "\""))
    case .float: unsafe output.append(place.load(as: Float.self))
    case .double: unsafe output.append(place.load(as: Double.self))
    case .bool: unsafe output.append(place.load(as: UInt64.self) != 0 ? "true" : "false")
    case .enumeration: unsafe write(place.load(as: Int32.self), of: field.pointee.enumeration)
    case .string: unsafe output.append(quoted: bytes(at: place))
    case .bytes: unsafe output.append(base64: bytes(at: place))
    case .message, .group:
      if let message = unsafe messageImage(at: place) {
        try unsafe write(message: message)
      } else {
        output.append("{}")
      }
    }
  }

  private mutating func write(_ number: Int32, of enumeration: UnsafePointer<EnumTable>?) {
    if unsafe enumeration?.pointee.isNullValue == true {
      output.append("null")
    } else if !options.writesEnumsAsNumbers, let name = unsafe enumeration?.pointee.name(of: number) {
      unsafe name.utf8Span.span.withUnsafeBufferPointer { name in unsafe output.append(quoted: name) }
    } else {
      output.append(Int64(number))
    }
  }

  private mutating func writeDefault(_ field: UnsafeMutablePointer<FieldTable>) throws(JSONFailure) {
    // All that a default is made of is zero: a length, a number.
    let zero: (UInt64, UInt64) = (0, 0)
    try unsafe withUnsafeBytes(of: zero) { zero throws(JSONFailure) in
      guard let place = zero.baseAddress else { return }
      try unsafe write(field, at: place)
    }
  }
}

extension FieldTable {
  /// Whether the field cannot be told apart from one with its default value.
  fileprivate var hasNoPresence: Bool { isRepeated || shape == .implicit && !kind.isMessage }
}

// What stands between values.
extension JSONWriter {
  mutating func begin(_ bracket: UInt8) {
    output.append(bracket)
    level += 1
  }

  mutating func end(_ bracket: UInt8, isEmpty: Bool) {
    level -= 1
    if !isEmpty { breakLine() }
    output.append(bracket)
  }

  /// Before each element or member.
  mutating func beginElement(_ isFirst: inout Bool) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
    isFirst = false
    breakLine()
  }

  mutating func writeKey(_ name: UnsafeBufferPointer<UInt8>) {
    unsafe output.append(quoted: name)
    writeColon()
  }

  mutating func writeColon() {
    output.append(UInt8(ascii: ":"))
    if options.indentation != nil { output.append(UInt8(ascii: " ")) }
  }

  private mutating func breakLine() {
    guard let indentation = options.indentation else { return }
    output.append(UInt8(ascii: "\n"))
    output.append(repeating: UInt8(ascii: " "), level * max(0, indentation))
  }
}
