internal import ThinGRPC

extension TextFormatParser {
  /// A field whose name is in brackets: an extension, or the message that an `Any` holds, by the address of its type.
  mutating func bracketedField(
    of image: UnsafeMutableRawPointer, _ table: UnsafeMutablePointer<MessageTable>,
    _ extensions: inout ExtensionImages
  ) throws(MessageCodingError) {
    let start = scanner.position
    let (name, slashes) = try bracketedName()
    if unsafe table.pointee.wellKnownType == .any, slashes == 1 {
      guard let type = options.types.type(forURL: name) else {
        throw scanner.failure("The registry has no type of this name", at: start)
      }
      _ = scanner.take(":")
      try unsafe expandedMessage(type.layout, url: name, in: image, table, from: start)
    } else if let record = unsafe options.types.extension(named: name, of: table.pointee.name) {
      guard let image = unsafe extensions.image(of: record, arena) else { throw scanner.memoryIsSpent() }
      try unsafe values(of: record.field, in: image, from: start)
    } else if options.ignoresUnknownFields {
      try skipValue()
    } else {
      throw unsafe scanner.failure("\(table.pointee.name) has no extension of this name", at: start)
    }
  }

  /// Names with points and slashes between them, in brackets; blanks do not count.
  mutating func bracketedName() throws(MessageCodingError) -> (text: String, slashes: Int) {
    try scanner.expect("[")
    var name: [UInt8] = []
    var slashes = 0
    while true {
      guard let part = unsafe scanner.name() else { throw scanner.failure("A name is expected") }
      unsafe name.append(contentsOf: part)
      if scanner.take(".") {
        name.append(UInt8(ascii: "."))
      } else if scanner.take("/") {
        name.append(UInt8(ascii: "/"))
        slashes += 1
      } else {
        break
      }
    }
    try scanner.expect("]")
    return (String(decoding: name, as: UTF8.self), slashes)
  }

  /// The message that an `Any` holds, which it gets in the wire format.
  private mutating func expandedMessage(
    _ layout: MessageLayout, url: String, in image: UnsafeMutableRawPointer,
    _ table: UnsafeMutablePointer<MessageTable>, from start: Int
  ) throws(MessageCodingError) {
    guard let urlField = unsafe table.pointee.field(numbered: 1),
      let valueField = unsafe table.pointee.field(numbered: 2)
    else { fatalError("An Any has no address or no value in its table") }
    if unsafe urlField.pointee.isPresent(in: image) || valueField.pointee.isPresent(in: image) {
      throw scanner.failure("The Any has a message already", at: start)
    }
    let end = try beginMessage()
    try open()
    let message = try unsafe message(layout.prepared, upTo: end)
    close()
    let value = try unsafe packedBytes(ofBuilt: message)
    try unsafe store(inArena(Array(url.utf8)), urlField.pointee, image)
    try unsafe store(inArena(value), valueField.pointee, image)
  }

  private func inArena(_ bytes: [UInt8]) throws(MessageCodingError) -> UnsafeBufferPointer<UInt8> {
    guard let held = unsafe arena.pointee.hold(bytes) else { throw scanner.memoryIsSpent() }
    return unsafe held
  }
}
