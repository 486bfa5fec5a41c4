extension GoogleProtobuf.Struct: ExpressibleByDictionaryLiteral {
  /// An object with some fields.
  public init(_ fields: [String: GoogleProtobuf.Value]) {
    self.init()
    self.fields = fields
  }

  /// An object; of a key that is there twice, the last value counts.
  public init(dictionaryLiteral elements: (String, GoogleProtobuf.Value)...) {
    self.init(Dictionary(elements) { $1 })
  }

  /// The value of a key; nil when there is none. Setting nil removes it; JSON's null is `.null`.
  public subscript(key: String) -> GoogleProtobuf.Value? {
    get { fields[key] }
    set { fields[key] = newValue }
  }
}
