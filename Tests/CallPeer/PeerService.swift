import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCStatusDetails
import ThinGRPCWellKnownTypes

/// Ends calls with the status that their request is, and sends metadata back.
struct PeerService: RPCService {
  static let fail = MethodDescriptor(service: "test.Peer", method: "Fail", kind: .unary)
  static let failLater = MethodDescriptor(service: "test.Peer", method: "FailLater", kind: .serverStreaming)
  static let chat = MethodDescriptor(service: "test.Peer", method: "Chat", kind: .bidirectionalStreaming)

  var rpcMethods: [RPCMethod] {
    [
      .unary(Self.fail) { (status: Status, _) async throws -> Status in throw try Self.error(of: status) },
      // After a response.
      .serverStreaming(Self.failLater) { (status: Status, responses: ResponseWriter<Status>, _) in
        try await responses.write(status)
        throw try Self.error(of: status)
      },
      .bidirectionalStreaming(Self.chat, Self.chat),
    ]
  }

  /// The error of a status, its details as messages of their own types.
  private static func error(of status: Status) throws -> RPCError {
    let details = try status.details.map { packed -> any ProtobufMessage in
      try TypeRegistry.statusDetails.type(forURL: packed.typeURL)?.init(serializedBytes: packed.value)
        ?? packed
    }
    return RPCError(StatusCode(rawValue: status.code), status.message, details: details)
  }

  /// Sends back the caller's metadata, but for the user agent: before anything has come, and again at the end, which is a failure if
  /// the metadata says so.
  private static func chat(
    _ requests: RequestStream<GoogleProtobuf.StringValue>,
    to responses: ResponseWriter<GoogleProtobuf.StringValue>, in context: ServerContext
  ) async throws {
    var metadata = context.metadata
    metadata.removeValues(forKey: "user-agent")
    try context.setInitialMetadata(metadata)
    try await context.sendInitialMetadata()
    for try await request in requests { try await responses.write(request) }
    if metadata["x-fails"] != nil { throw RPCError(.aborted, "as you say", metadata: metadata) }
    try context.setTrailingMetadata(metadata)
  }
}
