// The messages that stand for a scalar that may be absent: made of it, or written as its literal.

extension GoogleProtobuf.DoubleValue: ExpressibleByFloatLiteral {
  /// A double that is there.
  public init(_ value: Double) {
    self.init()
    self.value = value
  }

  /// A double that is there.
  public init(floatLiteral value: Double) { self.init(value) }
}

extension GoogleProtobuf.FloatValue: ExpressibleByFloatLiteral {
  /// A float that is there.
  public init(_ value: Float) {
    self.init()
    self.value = value
  }

  /// A float that is there.
  public init(floatLiteral value: Float) { self.init(value) }
}

extension GoogleProtobuf.Int64Value: ExpressibleByIntegerLiteral {
  /// A 64-bit integer that is there.
  public init(_ value: Int64) {
    self.init()
    self.value = value
  }

  /// A 64-bit integer that is there.
  public init(integerLiteral value: Int64) { self.init(value) }
}

extension GoogleProtobuf.UInt64Value: ExpressibleByIntegerLiteral {
  /// An unsigned 64-bit integer that is there.
  public init(_ value: UInt64) {
    self.init()
    self.value = value
  }

  /// An unsigned 64-bit integer that is there.
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension GoogleProtobuf.Int32Value: ExpressibleByIntegerLiteral {
  /// A 32-bit integer that is there.
  public init(_ value: Int32) {
    self.init()
    self.value = value
  }

  /// A 32-bit integer that is there.
  public init(integerLiteral value: Int32) { self.init(value) }
}

extension GoogleProtobuf.UInt32Value: ExpressibleByIntegerLiteral {
  /// An unsigned 32-bit integer that is there.
  public init(_ value: UInt32) {
    self.init()
    self.value = value
  }

  /// An unsigned 32-bit integer that is there.
  public init(integerLiteral value: UInt32) { self.init(value) }
}

extension GoogleProtobuf.BoolValue: ExpressibleByBooleanLiteral {
  /// A boolean that is there.
  public init(_ value: Bool) {
    self.init()
    self.value = value
  }

  /// A boolean that is there.
  public init(booleanLiteral value: Bool) { self.init(value) }
}

extension GoogleProtobuf.StringValue: ExpressibleByStringInterpolation {
  /// A text that is there.
  public init(_ value: String) {
    self.init()
    self.value = value
  }

  /// A text that is there.
  public init(stringLiteral value: String) { self.init(value) }
}

extension GoogleProtobuf.BytesValue: ExpressibleByArrayLiteral {
  /// Bytes that is there.
  public init(_ value: [UInt8]) {
    self.init()
    self.value = value
  }

  /// Bytes that are there.
  public init(arrayLiteral elements: UInt8...) { self.init(elements) }
}
