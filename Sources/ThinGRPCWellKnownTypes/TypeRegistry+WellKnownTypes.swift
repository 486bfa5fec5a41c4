public import ThinGRPCProtobuf

extension TypeRegistry {
  /// The types of `google/protobuf` that messages carry in an `Any`; add your own with `adding`.
  public static let wellKnownTypes = TypeRegistry([
    GoogleProtobuf.AnyMessage.self, GoogleProtobuf.BoolValue.self, GoogleProtobuf.BytesValue.self,
    GoogleProtobuf.DoubleValue.self, GoogleProtobuf.Duration.self, GoogleProtobuf.Empty.self,
    GoogleProtobuf.FieldMask.self, GoogleProtobuf.FloatValue.self, GoogleProtobuf.Int32Value.self,
    GoogleProtobuf.Int64Value.self, GoogleProtobuf.ListValue.self, GoogleProtobuf.StringValue.self,
    GoogleProtobuf.Struct.self, GoogleProtobuf.Timestamp.self, GoogleProtobuf.UInt32Value.self,
    GoogleProtobuf.UInt64Value.self, GoogleProtobuf.Value.self,
  ])
}
