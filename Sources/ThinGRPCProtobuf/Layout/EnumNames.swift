extension ProtobufEnum {
  /// The names of an enum that has many, out of a text of which Swift compiles nothing. For generated code.
  ///
  /// - Parameter rows: a line for each name, such as `KIND_ROUND 1`. Traps where it is none: it is part of the program.
  public static func protoNames(listed rows: StaticString) -> KeyValuePairs<String, Int32> {
    let names = "\(rows)".split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      guard words.count == 2, let number = Int32(words[1]) else {
        fatalError("The names of an enum have a row that is none: \(line)")
      }
      return (String(words[0]), number)
    }
    let literal: ((String, Int32)...) -> KeyValuePairs<String, Int32> = KeyValuePairs.init(dictionaryLiteral:)
    // There is no other initializer. What takes any number of values takes an array of them when it is called.
    return unsafe unsafeBitCast(literal, to: (([(String, Int32)]) -> KeyValuePairs<String, Int32>).self)(
      names)
  }
}
