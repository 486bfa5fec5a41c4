public import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes

extension BadRequest {
  /// What is wrong with some fields, as in `["email": "has no @"]`: paths of fields as the .proto file has them, each with a
  /// description.
  public init(fields: KeyValuePairs<String, String>) {
    self.init()
    fieldViolations = fields.map { field, description in
      .with {
        $0.field = field
        $0.description = description
      }
    }
  }
}

extension RetryInfo {
  /// How long to wait before the call is made again.
  public init(after delay: Duration) {
    self.init()
    retryDelay = GoogleProtobuf.Duration(delay)
  }

  /// How long to wait before the call is made again, at least zero; nil where that is not said.
  public var delay: Duration? { hasRetryDelay ? max(.zero, Duration(retryDelay)) : nil }
}

extension TypeRegistry {
  /// `google.rpc.Status`, the types of `google/rpc/error_details.proto`, and those of `google/protobuf`: for details in JSON and in
  /// text format.
  public static let statusDetails = TypeRegistry.wellKnownTypes.adding([
    Status.self, BadRequest.self, DebugInfo.self, ErrorInfo.self, Help.self, LocalizedMessage.self,
    PreconditionFailure.self, QuotaFailure.self, RequestInfo.self, ResourceInfo.self, RetryInfo.self,
  ])
}
