/// The rows of a message's table as generated code has them: text, of which Swift compiles nothing.
///
/// A row is a line like `optional string name = 1 at 24`, `map<int32,message> rows = 2 at 48` or, where the .proto file sets a name in
/// JSON, `implicit bool on = 3 at 64 json is on`. The types of fields of messages and enums are handed over beside, in the order of
/// the rows.
struct FieldRows {
  private var messages: ArraySlice<any ProtobufMessage.Type>
  private var enums: ArraySlice<any ProtobufEnum.Type>

  /// The fields that `text` describes, in its order. Traps where it does not: it is part of the program.
  static func fields(
    _ text: StaticString, messages: [any ProtobufMessage.Type], enums: [any ProtobufEnum.Type]
  ) -> [FieldLayout] {
    var rows = FieldRows(messages: messages[...], enums: enums[...])
    // Bytes, not characters: a name in JSON may begin with what joins the space before it to one character.
    return "\(text)".utf8.split(separator: UInt8(ascii: "\n")).map { line in
      let line = Substring(line)
      guard let field = rows.field(line) else {
        fatalError("A message's table has a row that is none: \(line)")
      }
      return field
    }
  }

  private mutating func field(_ line: Substring) -> FieldLayout? {
    // A name in JSON is whatever follows, spaces and nothing at all included.
    let wordCount = line.hasPrefix("map<") ? 7 : 8
    var words = line.utf8.split(
      separator: UInt8(ascii: " "), maxSplits: wordCount, omittingEmptySubsequences: false
    ).map { Substring($0) }[...]
    guard let first = words.popFirst() else { return nil }
    let type: FieldType?
    let shape: FieldLayout.Shape?
    if first.hasPrefix("map<") {
      type = mapType(first.dropFirst(4).dropLast())
      shape = .repeated
    } else {
      type = words.popFirst().flatMap { self.type($0) }
      shape = FieldLayout.Shape(rawValue: String(first))
    }
    guard let shape, let type, words.count >= 5, words[words.startIndex + 1] == "=",
      words[words.startIndex + 3] == "at", let number = UInt32(words[words.startIndex + 2]),
      let offset = Int(words[words.startIndex + 4])
    else { return nil }
    let isNamed = words.count == 7 && words[words.startIndex + 5] == "json"
    let jsonName = isNamed ? words.last.map(String.init) : nil
    return FieldLayout(shape, type, String(words[words.startIndex]), number, at: offset, json: jsonName)
  }

  private mutating func type(_ word: Substring) -> FieldType? {
    switch FieldType.Kind(rawValue: String(word)) {
    case .message: messages.popFirst().map { .message($0) }
    case .group: messages.popFirst().map { .group($0) }
    case .enumeration: enums.popFirst().map { .enumeration($0) }
    case let kind?: FieldType(kind)
    case nil: nil
    }
  }

  private mutating func mapType(_ types: Substring) -> FieldType? {
    guard let comma = types.firstIndex(of: ","), let key = type(types[..<comma]),
      let value = type(types[types.index(after: comma)...])
    else { return nil }
    return FieldType(.message, .entry(key: key, value: value))
  }
}
