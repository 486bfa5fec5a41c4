extension GoogleProtobuf.Value {
  /// The null of JSON.
  public static var null: Self { Self(.nullValue(.nullValue)) }

  /// A value of a kind.
  public init(_ kind: Kind) {
    self.init()
    self.kind = kind
  }

  /// A number.
  public init(_ number: Double) { self.init(.numberValue(number)) }

  /// A text.
  public init(_ text: String) { self.init(.stringValue(text)) }

  /// A boolean.
  public init(_ boolean: Bool) { self.init(.boolValue(boolean)) }

  /// An object.
  public init(_ object: GoogleProtobuf.Struct) { self.init(.structValue(object)) }

  /// A list.
  public init(_ list: GoogleProtobuf.ListValue) { self.init(.listValue(list)) }

  /// The value of a key, where this is an object that has it.
  public subscript(key: String) -> Self? {
    if case .structValue(let object)? = kind { object[key] } else { nil }
  }

  /// The value at a position, where this is a list that has it.
  public subscript(index: Int) -> Self? {
    if case .listValue(let list)? = kind, list.values.indices.contains(index) {
      list.values[index]
    } else {
      nil
    }
  }
}

extension GoogleProtobuf.Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// The null of JSON.
  public init(nilLiteral: ()) { self = .null }

  /// A boolean.
  public init(booleanLiteral value: Bool) { self.init(value) }

  /// A number.
  public init(integerLiteral value: Int64) { self.init(Double(value)) }

  /// A number.
  public init(floatLiteral value: Double) { self.init(value) }

  /// A text.
  public init(stringLiteral value: String) { self.init(value) }

  /// A list.
  public init(arrayLiteral elements: Self...) { self.init(GoogleProtobuf.ListValue(elements)) }

  /// An object; of a key that is there twice, the last value counts.
  public init(dictionaryLiteral elements: (String, Self)...) {
    self.init(GoogleProtobuf.Struct(Dictionary(elements) { $1 }))
  }
}
