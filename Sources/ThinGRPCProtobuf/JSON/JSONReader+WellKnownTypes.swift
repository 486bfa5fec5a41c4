internal import ThinGRPC

// The types of google/protobuf that are something else than an object of their fields.
extension JSONReader {
  mutating func read(
    _ type: WellKnownType, _ image: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<MessageTable>
  ) throws(JSONFailure) {
    guard let fields = unsafe table.pointee.fields.baseAddress else { return }
    switch type {
    case .wrapper: try unsafe readSingleValue(fields, to: image)
    case .structure: try unsafe readMap(fields, to: image)
    case .listValue: try unsafe readList(fields, to: image)
    case .any: try unsafe readAny(to: image, fields)
    case .value:
      // A kind of value for each kind of JSON, in the order of the fields: null, number, string, boolean, object, array.
      let kind =
        switch input.next {
        case UInt8(ascii: "n"): 0
        case UInt8(ascii: "\""): 2
        case UInt8(ascii: "t"), UInt8(ascii: "f"): 3
        case UInt8(ascii: "{"): 4
        case UInt8(ascii: "["): 5
        default: 1
        }
      try unsafe readValue(fields + kind, to: image)
    case .timestamp:
      let text = try unsafe input.string("a time")
      guard let (seconds, nanoseconds) = unsafe JSONTimeText(text).timestamp else {
        throw input.failure(
          "the string before is not a time such as 2001-02-03T04:05:06Z of the years 1 to 9999")
      }
      try unsafe store(seconds, nanoseconds, to: image, fields)
    case .duration:
      let text = try unsafe input.string("a duration")
      guard let (seconds, nanoseconds) = unsafe JSONTimeText(text).duration else {
        throw input.failure("the string before is not a duration such as 1.5s of up to 10,000 years")
      }
      try unsafe store(seconds, nanoseconds, to: image, fields)
    case .fieldMask:
      let text = try unsafe input.string("paths of fields")
      try unsafe readPaths(text, to: image, fields)
    }
  }

  private func store(
    _ seconds: Int64, _ nanoseconds: Int32, to image: UnsafeMutableRawPointer,
    _ fields: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    try unsafe place(of: fields, in: image).storeBytes(of: seconds, as: Int64.self)
    try unsafe place(of: fields + 1, in: image).storeBytes(of: nanoseconds, as: Int32.self)
    unsafe omitDefault(fields, in: image)
    unsafe omitDefault(fields + 1, in: image)
  }

  private func readPaths(
    _ text: UnsafeBufferPointer<UInt8>, to image: UnsafeMutableRawPointer,
    _ field: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    guard let start = text.baseAddress, text.count > 0 else { return }
    var first = 0
    while first <= text.count {
      var end = first
      while end < text.count, unsafe text[end] != UInt8(ascii: ",") { end += 1 }
      let path = try unsafe snakeCase(UnsafeBufferPointer(start: start + first, count: end - first))
      let place = try unsafe place(of: field, in: image)
      unsafe place.storeBytes(of: path.count, as: Int.self)
      unsafe place.storeBytes(of: path.baseAddress, toByteOffset: 8, as: UnsafePointer<UInt8>?.self)
      first = end + 1
    }
  }

  /// A path with the names of the .proto file instead of those in lowerCamelCase.
  private func snakeCase(
    _ path: UnsafeBufferPointer<UInt8>
  ) throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    guard path.count > 0, let room = unsafe arena.pointee.allocateWithinBudget(2 * path.count) else {
      throw path.count > 0
        ? input.outOfMemory() : input.failure("the string before has a path without a name")
    }
    let start = unsafe room.assumingMemoryBound(to: UInt8.self)
    var count = 0
    for index in 0..<path.count {
      let byte = unsafe path[index]
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        unsafe start[count] = UInt8(ascii: "_")
        unsafe start[count + 1] = byte + 32
        count += 2
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
        unsafe start[count] = byte
        count += 1
      default: throw input.failure("the string before has a path that is not in lowerCamelCase")
      }
    }
    return unsafe UnsafeBufferPointer(start: start, count: count)
  }
}

// A message of any type, with its type's name in the member `@type`, which may be anywhere in it.
extension JSONReader {
  private mutating func readAny(
    to image: UnsafeMutableRawPointer, _ fields: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    guard try input.begin(UInt8(ascii: "{"), UInt8(ascii: "}"), "an object") else { return }
    var ahead = self
    let url = try unsafe ahead.typeURL()
    guard let type = unsafe options.types.type(forURL: String(decoding: url, as: UTF8.self)) else {
      throw input.failure("the type of a google.protobuf.Any is not in the options' registry")
    }
    let table = unsafe type.layout.prepared
    let message: UnsafeMutableRawPointer
    if unsafe table.pointee.wellKnownType != nil {
      unsafe message = try unsafe valueOfAny(table)
    } else {
      unsafe message = try unsafe emptyImage(table)
      try unsafe readFields(of: message, table, ofAny: true)
    }
    try unsafe store(url, to: place(of: fields, in: image))
    try unsafe store(packed(message), to: place(of: fields + 1, in: image))
    unsafe omitDefault(fields + 1, in: image)
  }

  /// The type's name, by a look at all members until it comes.
  private mutating func typeURL() throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    repeat {
      if try unsafe isTypeKey(input.key()) { return try unsafe input.string("a type URL") }
      try input.skipValue(levels: levels)
    } while try input.continues(before: UInt8(ascii: "}"), "a comma or the object's end")
    throw input.failure("a google.protobuf.Any has no @type")
  }

  /// A message of a type with a form of its own, which is in the member `value`.
  private mutating func valueOfAny(
    _ table: UnsafeMutablePointer<MessageTable>
  ) throws(JSONFailure) -> UnsafeMutableRawPointer {
    var message: UnsafeMutableRawPointer?
    var awaitsType = true
    repeat {
      let key = try unsafe input.key()
      if awaitsType, unsafe isTypeKey(key) {
        _ = try unsafe input.string("a type URL")
        awaitsType = false
      } else if unsafe String(decoding: key, as: UTF8.self) == "value" {
        guard unsafe message == nil else {
          throw input.failure("the value of a google.protobuf.Any is there twice")
        }
        unsafe message = try unsafe self.message(table)
      } else if options.ignoresUnknownFields {
        try input.skipValue(levels: levels)
      } else {
        throw input.failure("a google.protobuf.Any of a type with a form of its own has more than a value")
      }
    } while try input.continues(before: UInt8(ascii: "}"), "a comma or the object's end")
    guard let message = unsafe message else {
      throw input.failure("a google.protobuf.Any of a type with a form of its own has no value")
    }
    return unsafe message
  }

  /// The message in the wire format, in the arena.
  private func packed(_ message: UnsafeMutableRawPointer) throws(JSONFailure) -> UnsafeBufferPointer<UInt8> {
    let packed: [UInt8]
    do throws(MessageCodingError) {
      packed = try unsafe packedBytes(ofBuilt: message)
    } catch {
      throw JSONFailure("the content of a google.protobuf.Any", error)
    }
    guard let held = unsafe arena.pointee.hold(packed) else { throw input.outOfMemory() }
    return unsafe held
  }

  private func store(_ bytes: UnsafeBufferPointer<UInt8>, to place: UnsafeMutableRawPointer) {
    unsafe place.storeBytes(of: bytes.count, as: Int.self)
    unsafe place.storeBytes(of: bytes.baseAddress, toByteOffset: 8, as: UnsafePointer<UInt8>?.self)
  }
}
