internal import ThinGRPCJSON

extension JSONValue {
  /// The value as a JSON text on one line.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .number(let text): text
    case .string(let text): text.quotedAsJSON
    case .array(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\($0.name.quotedAsJSON):\($0.value.text)" }.joined(separator: ","))}"
    }
  }

  /// An object of those members that have a value.
  static func object(_ members: (String, JSONValue?)...) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(name: key, value: $0) } })
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
