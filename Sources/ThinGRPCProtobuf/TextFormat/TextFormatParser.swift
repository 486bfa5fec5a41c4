internal import ThinGRPC

/// Makes the image of a message from its text format, by its table.
@safe struct TextFormatParser {
  var scanner: TextFormatScanner
  let arena: UnsafeMutablePointer<Arena>
  let options: TextFormatDecodingOptions
  /// How many messages are open.
  private var depth = 0

  private init(
    _ text: UnsafeBufferPointer<UInt8>, _ arena: UnsafeMutablePointer<Arena>,
    _ options: TextFormatDecodingOptions
  ) {
    unsafe scanner = TextFormatScanner(text)
    unsafe self.arena = arena
    self.options = options
  }

  /// The image of the message that `text` is, in an arena of its own, which the caller closes.
  ///
  /// - Throws: `MessageCodingError` when it is no message of this type, or exceeds a limit.
  static func parse(
    _ text: UnsafeBufferPointer<UInt8>, _ layout: MessageLayout, _ options: TextFormatDecodingOptions
  ) throws(MessageCodingError) -> MessageReader {
    guard text.count <= options.maximumByteCount else {
      throw MessageCodingError(
        "A \(layout.name) of \(text.count) bytes of text is larger than the limit of \(options.maximumByteCount)"
      )
    }
    let arena = unsafe Arena.open(budget: DecodingOptions.memoryBudget(forDecoding: text.count))
    do throws(MessageCodingError) {
      var parser = unsafe TextFormatParser(text, arena, options)
      try parser.open()
      let image = try unsafe parser.message(layout.prepared, upTo: nil)
      return unsafe MessageReader(image, arena)
    } catch {
      unsafe Arena.close(arena)
      throw error
    }
  }

  /// The fields of a message that is open, up to the symbol that ends it; of the outermost, up to the end of the text.
  mutating func message(
    _ table: UnsafeMutablePointer<MessageTable>, upTo end: Unicode.Scalar?
  ) throws(MessageCodingError) -> UnsafeMutableRawPointer {
    guard let image = unsafe makeEmptyImage(table, arena) else { throw scanner.memoryIsSpent() }
    var fieldIndex = 0
    var extensions = ExtensionImages()
    var position = scanner.position
    while !takeEnd(end) {
      try unsafe field(of: image, table, &extensions, &fieldIndex)
      position = scanner.position
    }
    guard try unsafe extensions.store(in: image, arena) else { throw scanner.memoryIsSpent() }
    if unsafe table.pointee.ownTraits.contains(.hasRequiredFields), !options.allowsMissingRequiredFields {
      try unsafe checkRequiredFields(of: image, table, at: position)
    }
    return unsafe image
  }

  /// Counts one message more that is open.
  mutating func open() throws(MessageCodingError) {
    guard depth < options.maximumDepth else {
      throw scanner.failure("The message is nested deeper than the limit of \(options.maximumDepth) levels")
    }
    depth += 1
  }

  /// Counts one message less that is open.
  mutating func close() { depth -= 1 }

  /// Takes the end of a message, if it comes next.
  mutating func takeEnd(_ end: Unicode.Scalar?) -> Bool {
    if let end { scanner.take(end) } else { scanner.isAtEnd }
  }

  /// Takes the symbol that begins a message; returns the one that has to end it.
  mutating func beginMessage() throws(MessageCodingError) -> Unicode.Scalar {
    if scanner.take("{") { return "}" }
    if scanner.take("<") { return ">" }
    throw scanner.failure("\"{\" is expected")
  }

  /// What is between fields or not, as one likes.
  mutating func takeSeparator() {
    if !scanner.take(";") { _ = scanner.take(",") }
  }

  /// One field, with all that it has where it is a list. `index` is where the table has the field before it.
  private mutating func field(
    of image: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<MessageTable>,
    _ extensions: inout ExtensionImages, _ index: inout Int
  ) throws(MessageCodingError) {
    let start = scanner.position
    if scanner.isAt("[") {
      try unsafe bracketedField(of: image, table, &extensions)
    } else if let name = unsafe scanner.name() {
      if let found = unsafe table.pointee.index(ofFieldNamed: name, from: index) {
        index = found
        let field = unsafe table.pointee.fields[found]
        try unsafe values(of: field, in: image, from: start)
      } else if options.ignoresUnknownFields {
        try skipValue()
      } else {
        throw unsafe scanner.failure("\(table.pointee.name) has no field of this name", at: start)
      }
    } else if options.ignoresUnknownFields, try scanner.number() != nil {
      // As unknown fields are written.
      try skipValue()
    } else {
      throw scanner.failure("The name of a field is expected")
    }
    takeSeparator()
  }

  /// What comes behind the name of a field.
  mutating func values(
    of field: FieldTable, in image: UnsafeMutableRawPointer, from start: Int
  ) throws(MessageCodingError) {
    // Only before a message the colon may be missing.
    if !scanner.take(":"), !field.kind.isMessage { throw scanner.failure("\":\" is expected") }
    guard field.isRepeated else {
      if unsafe field.isTaken(in: image) {
        throw scanner.failure(
          "The field \(field.nameText) or another one of its oneof is there already", at: start)
      }
      return try unsafe value(of: field, in: image)
    }
    guard scanner.take("[") else { return try unsafe value(of: field, in: image) }
    if scanner.take("]") { return }
    repeat { try unsafe value(of: field, in: image) } while scanner.take(",")
    try scanner.expect("]")
  }

  private func checkRequiredFields(
    of image: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<MessageTable>, at position: Int
  ) throws(MessageCodingError) {
    for index in unsafe table.pointee.fields.indices {
      let field = unsafe table.pointee.fields[index]
      if field.shape == .required, unsafe !field.isPresent(in: image) {
        throw unsafe scanner.failure(
          "The \(table.pointee.name) lacks its required field \(field.nameText)", at: position)
      }
    }
  }
}

extension MessageTable {
  /// The place in `fields` of the field that text format calls so. Fields mostly come in order, so the search begins at `start`.
  fileprivate func index(ofFieldNamed name: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    for index in unsafe start..<fields.count where unsafe fields[index].isNamed(name) { return index }
    for index in unsafe 0..<min(start, fields.count) where unsafe fields[index].isNamed(name) { return index }
    return nil
  }
}

extension FieldTable {
  /// Whether a field that is no list, or another of its oneof, is there.
  fileprivate func isTaken(in image: UnsafeRawPointer) -> Bool {
    shape == .member
      ? unsafe image.load(fromByteOffset: offset, as: UInt32.self) != 0 : unsafe isPresent(in: image)
  }
}
