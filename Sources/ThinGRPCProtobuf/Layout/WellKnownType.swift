/// A type of google/protobuf that has a form of its own in JSON.
enum WellKnownType: String, Sendable {
  case any = "google.protobuf.Any"
  case duration = "google.protobuf.Duration"
  case fieldMask = "google.protobuf.FieldMask"
  case listValue = "google.protobuf.ListValue"
  case structure = "google.protobuf.Struct"
  case timestamp = "google.protobuf.Timestamp"
  case value = "google.protobuf.Value"
  /// `DoubleValue`, `StringValue` and the like: in JSON just their value.
  case wrapper

  init?(fullName: String) {
    switch fullName {
    case "google.protobuf.BoolValue", "google.protobuf.BytesValue", "google.protobuf.DoubleValue",
      "google.protobuf.FloatValue", "google.protobuf.Int32Value", "google.protobuf.Int64Value",
      "google.protobuf.StringValue", "google.protobuf.UInt32Value", "google.protobuf.UInt64Value":
      self = .wrapper
    default: self.init(rawValue: fullName)
    }
  }
}
