extension JSONValue {
  /// The value as a JSON text on one line.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .number(let text): text
    case .string(let text): Self.quoted(text)
    case .array(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\(Self.quoted($0.key)):\($0.value.text)" }.joined(separator: ","))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let characters = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\0"..<" ": "\\u\(scalar.hexadecimal)"
      default: String(scalar)
      }
    }
    return "\"\(characters.joined())\""
  }

  /// An object of those members that have a value.
  static func object(_ members: (String, JSONValue?)...) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  static func number(_ number: Int) -> JSONValue { .number("\(number)") }

  /// A finite number.
  static func number(_ number: Double) -> JSONValue {
    .number(number == number.rounded() && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)")
  }

  /// A duration as protobuf writes it, such as `"1.5s"`, to the nanosecond.
  static func duration(_ duration: Duration) -> JSONValue {
    let (seconds, attoseconds) = duration.components
    var text = "\(seconds)"
    if attoseconds >= 1_000_000_000 {
      let digits = "\(attoseconds / 1_000_000_000)"
      var fraction = String(repeating: "0", count: 9 - digits.count) + digits
      while fraction.hasSuffix("0") { fraction.removeLast() }
      text += ".\(fraction)"
    }
    return .string(text + "s")
  }
}
