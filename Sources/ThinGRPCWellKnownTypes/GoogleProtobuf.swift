/// The well-known types of `google/protobuf`, in a namespace so that `Duration` and its like stay Swift's own.
public enum GoogleProtobuf {}
