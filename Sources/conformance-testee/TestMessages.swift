import ConformanceProtos
import ThinGRPCProtobuf

/// The messages of the suite by their full names. With the name `conformance.FailureSet` the runner asks which tests
/// are known to fail; what it sends then is an empty one, and an empty one is the answer: failures are on its own list.
let testMessages: [String: any ProtobufMessage.Type] = [
  "conformance.FailureSet": FailureSet.self,
  "protobuf_test_messages.proto3.TestAllTypesProto3": TestAllTypesProto3.self,
  "protobuf_test_messages.proto2.TestAllTypesProto2": TestAllTypesProto2.self,
]
