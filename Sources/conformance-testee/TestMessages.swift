import ConformanceProtos
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

/// The messages of the suite. By sending an empty `FailureSet` the runner asks which tests are known to fail; an empty one
/// is the answer, since the list is the runner's own.
let testMessages = TypeRegistry.wellKnownTypes.adding(
  [FailureSet.self, TestAllTypesProto2.self, TestAllTypesProto3.self],
  extensions: [
    TestAllTypesProto2.extensionInt32,
    TestAllTypesProto2.MessageSetCorrectExtension1.messageSetExtension,
    TestAllTypesProto2.MessageSetCorrectExtension2.messageSetExtension,
  ])
