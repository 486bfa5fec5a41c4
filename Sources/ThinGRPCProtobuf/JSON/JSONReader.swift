internal import ThinGRPC

/// Makes the image of a message out of JSON, by its type's table.
@safe struct JSONReader {
  var input: JSONInput
  let arena: UnsafeMutablePointer<Arena>
  let options: JSONDecodingOptions
  /// The levels of messages that may still come.
  private(set) var levels: Int

  init(_ input: JSONInput, _ options: JSONDecodingOptions) {
    self.input = input
    unsafe arena = input.arena
    self.options = options
    levels = options.maximumDepth
  }

  /// The image of the message that is next, in whatever form its type has.
  mutating func message(
    _ table: UnsafeMutablePointer<MessageTable>
  ) throws(JSONFailure) -> UnsafeMutableRawPointer {
    guard levels > 0 else {
      throw input.failure("messages are nested deeper than the limit of \(options.maximumDepth) levels")
    }
    levels -= 1
    defer { levels += 1 }
    let image = try unsafe emptyImage(table)
    if let type = unsafe table.pointee.wellKnownType {
      try unsafe read(type, image, table)
    } else {
      guard
        try input.begin(UInt8(ascii: "{"), UInt8(ascii: "}"), "an object")
      else {
        try unsafe checkRequiredFields(of: image, table)
        return unsafe image
      }
      try unsafe readFields(of: image, table, ofAny: false)
    }
    return unsafe image
  }

  func emptyImage(
    _ table: UnsafeMutablePointer<MessageTable>
  ) throws(JSONFailure) -> UnsafeMutableRawPointer {
    guard let image = unsafe makeEmptyImage(table, arena) else { throw input.outOfMemory() }
    return unsafe image
  }

  /// The fields of a message: the members of an object that has been begun and has at least one.
  ///
  /// - Parameter isOfAny: whether the object is an `Any`, in which there is another member, `@type`.
  mutating func readFields(
    of image: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<MessageTable>, ofAny isOfAny: Bool
  ) throws(JSONFailure) {
    var finder = unsafe JSONFieldFinder(table)
    var awaitsType = isOfAny
    var extensions = ExtensionImages()
    var seen = try unsafe SeenFields(table.pointee.fields.count, input)
    repeat {
      let key = try unsafe input.key()
      guard let index = unsafe finder.index(of: key), let fields = unsafe table.pointee.fields.baseAddress
      else {
        if awaitsType, unsafe isTypeKey(key) {
          _ = try unsafe input.string("a type URL")
          awaitsType = false
        } else if let record = unsafe `extension`(key, of: table) {
          try read(record, &extensions)
        } else if options.ignoresUnknownFields {
          try input.skipValue(levels: levels)
        } else {
          throw unsafe input.failure("\(table.pointee.name) has no field of the name before")
        }
        continue
      }
      let field = unsafe fields + index
      do throws(JSONFailure) {
        guard seen.insert(index) else { throw input.failure("it is there twice") }
        try unsafe read(field, to: image)
      } catch {
        throw unsafe error.within(field)
      }
    } while try input.continues(before: UInt8(ascii: "}"), "a comma or the object's end")
    try unsafe store(extensions, in: image)
    try unsafe checkRequiredFields(of: image, table)
  }

  /// Whether a member says of which type an `Any` is.
  func isTypeKey(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let name: StaticString = "@type"
    return unsafe key.elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  private func checkRequiredFields(
    of image: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<MessageTable>
  ) throws(JSONFailure) {
    guard !options.allowsMissingRequiredFields,
      unsafe table.pointee.ownTraits.contains(.hasRequiredFields)
    else { return }
    for index in unsafe table.pointee.fields.indices {
      guard let field = unsafe table.pointee.fields.baseAddress.map({ unsafe $0 + index }) else { return }
      if unsafe field.pointee.shape == .required, unsafe !field.pointee.isPresent(in: image) {
        throw unsafe input.failure("it is required and missing").within(field)
      }
    }
  }

  mutating func read(
    _ field: UnsafeMutablePointer<FieldTable>, to image: UnsafeMutableRawPointer
  ) throws(JSONFailure) {
    if input.next == UInt8(ascii: "n"), unsafe !field.pointee.isNullAValue {
      // Null is the same as not being there.
      guard input.consume("null") else { throw input.unexpected("a value") }
      return
    }
    if unsafe field.pointee.isMap { return try unsafe readMap(field, to: image) }
    if unsafe field.pointee.isRepeated { return try unsafe readList(field, to: image) }
    if unsafe field.pointee.shape == .member,
      unsafe image.load(fromByteOffset: field.pointee.offset, as: UInt32.self) != 0
    {
      throw input.failure("another field of its oneof is there before")
    }
    try unsafe readSingleValue(field, to: image)
  }

  /// Reads the value of a field that is not repeated. A default that is not to be told from none is none: an image that is
  /// packed has it nowhere.
  mutating func readSingleValue(
    _ field: UnsafeMutablePointer<FieldTable>, to image: UnsafeMutableRawPointer
  ) throws(JSONFailure) {
    try unsafe readValue(field, to: image)
    unsafe omitDefault(field, in: image)
  }

  func omitDefault(_ field: UnsafeMutablePointer<FieldTable>, in image: UnsafeMutableRawPointer) {
    guard unsafe field.pointee.shape == .implicit, unsafe !field.pointee.kind.isMessage,
      unsafe FieldValues(of: field.pointee, in: image).count == 0
    else { return }
    unsafe image.storeBytes(of: 0, toByteOffset: field.pointee.offset, as: Int32.self)
  }

  mutating func readList(
    _ field: UnsafeMutablePointer<FieldTable>, to image: UnsafeMutableRawPointer
  ) throws(JSONFailure) {
    guard try input.begin(UInt8(ascii: "["), UInt8(ascii: "]"), "an array") else { return }
    var index = 0
    repeat {
      do throws(JSONFailure) {
        try unsafe readValue(field, to: image)
      } catch {
        throw error.within(element: index)
      }
      index += 1
    } while try input.continues(before: UInt8(ascii: "]"), "a comma or the array's end")
  }

  mutating func readMap(
    _ field: UnsafeMutablePointer<FieldTable>, to image: UnsafeMutableRawPointer
  ) throws(JSONFailure) {
    guard try input.begin(UInt8(ascii: "{"), UInt8(ascii: "}"), "an object") else { return }
    guard let table = unsafe field.pointee.message, let key = unsafe table.pointee.fields.baseAddress else {
      return
    }
    var index = 0
    repeat {
      do throws(JSONFailure) {
        let entry = try unsafe emptyImage(table)
        try unsafe readKey(key, to: entry)
        try unsafe readValue(key + 1, to: entry)
        // A name that the enum of the values does not have leaves out the entry.
        if unsafe (key + 1).pointee.isPresent(in: entry) { try unsafe store(entry, to: image, field) }
      } catch {
        throw error.within(element: index)
      }
      index += 1
    } while try input.continues(before: UInt8(ascii: "}"), "a comma or the object's end")
  }

  /// Where the value of a field goes, or of a repeated field one more.
  func place(
    of field: UnsafeMutablePointer<FieldTable>, in image: UnsafeMutableRawPointer
  ) throws(JSONFailure) -> UnsafeMutableRawPointer {
    guard let place = unsafe field.pointee.addValue(in: image, arena) else { throw input.outOfMemory() }
    return unsafe place
  }

  func store(
    _ message: UnsafeMutableRawPointer, to image: UnsafeMutableRawPointer,
    _ field: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    try unsafe place(of: field, in: image).storeBytes(of: message, as: UnsafeMutableRawPointer.self)
  }
}

extension FieldTable {
  /// Whether null is something else than no value.
  fileprivate var isNullAValue: Bool {
    if isRepeated { return false }
    return switch kind {
    case .enumeration: unsafe enumeration?.pointee.isNullValue == true
    case .message: unsafe message?.pointee.wellKnownType == .value
    default: false
    }
  }
}

/// Which fields of a message have been there.
@safe private struct SeenFields {
  private var few: UInt64 = 0
  /// Of messages with more than 64 fields.
  private let many: UnsafeMutablePointer<Bool>?

  init(_ fieldCount: Int, _ input: borrowing JSONInput) throws(JSONFailure) {
    if fieldCount <= 64 {
      unsafe many = nil
      return
    }
    guard let flags = unsafe input.arena.pointee.allocateWithinBudget(fieldCount) else {
      throw input.outOfMemory()
    }
    unsafe many = flags.initializeMemory(as: Bool.self, repeating: false, count: fieldCount)
  }

  /// Notes a field; returns false when it has been there before.
  mutating func insert(_ index: Int) -> Bool {
    if let many = unsafe many {
      if unsafe many[index] { return false }
      unsafe many[index] = true
    } else {
      let bit: UInt64 = 1 << UInt64(index)
      if few & bit != 0 { return false }
      few |= bit
    }
    return true
  }
}

/// The image of the message that is all of the JSON, in an arena of its own, which the caller closes.
///
/// - Parameter isText: whether the bytes are known to be UTF-8.
@usableFromInline
func readJSON(
  _ bytes: RawSpan, isText: Bool, _ layout: MessageLayout, _ options: JSONDecodingOptions
) throws(MessageCodingError) -> MessageReader {
  let byteCount = bytes.byteCount
  guard byteCount <= options.maximumByteCount else {
    throw MessageCodingError(
      "JSON of \(byteCount) bytes for a \(layout.name) is larger than the limit of \(options.maximumByteCount)"
    )
  }
  let beginning = "The JSON is not a valid \(layout.name)"
  let table = unsafe layout.prepared
  let arena = unsafe Arena.open(
    budget: DecodingOptions.memoryBudget(forDecoding: byteCount) + JSONInput.byteCount(forCopying: byteCount))
  do throws(JSONFailure) {
    let image = try unsafe bytes.withUnsafeBytes { bytes throws(JSONFailure) in
      guard unsafe isText || isUTF8(bytes) else { throw JSONFailure("it is not UTF-8") }
      guard let input = unsafe JSONInput(copying: bytes, arena) else {
        throw JSONFailure("it takes more memory than JSON of its size may")
      }
      var reader = JSONReader(input, options)
      reader.input.skipWhitespace()
      let image = try unsafe reader.message(table)
      reader.input.skipWhitespace()
      guard reader.input.isAtEnd else { throw reader.input.failure("something follows its end") }
      return unsafe image
    }
    return unsafe MessageReader(image, arena)
  } catch {
    unsafe Arena.close(arena)
    throw error.error(beginning)
  }
}
