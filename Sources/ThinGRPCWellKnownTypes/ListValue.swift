extension GoogleProtobuf.ListValue: ExpressibleByArrayLiteral {
  /// A list of some values.
  public init(_ values: some Sequence<GoogleProtobuf.Value>) {
    self.init()
    self.values = Array(values)
  }

  /// A list of the values.
  public init(arrayLiteral elements: GoogleProtobuf.Value...) { self.init(elements) }

  /// The value at a position, which must be one of `values`.
  public subscript(index: Int) -> GoogleProtobuf.Value {
    get { values[index] }
    set { values[index] = newValue }
  }
}
