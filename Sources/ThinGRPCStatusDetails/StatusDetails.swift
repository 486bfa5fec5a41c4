public import ThinGRPC
public import ThinGRPCProtobuf
public import ThinGRPCWellKnownTypes

/// What goes with an error beside its code and its message: messages for programs, such as `BadRequest` or `RetryInfo`.
///
/// They travel with the status in the metadata key `grpc-status-details-bin`, packed into a `google.rpc.Status`, as all of gRPC's
/// languages have it. Any message can be one of them.
public struct StatusDetails: Hashable, Sendable {
  /// The details as they travel, in their order: each with the name of its type.
  public var packed: [GoogleProtobuf.AnyMessage]

  /// Makes details of messages that are packed already; none unless given.
  public init(_ packed: [GoogleProtobuf.AnyMessage] = []) {
    self.packed = packed
  }

  /// Whether there are no details.
  public var isEmpty: Bool { packed.isEmpty }

  /// Adds a detail. An `AnyMessage` is a detail that is packed already, and is added as it is.
  ///
  /// - Throws: `MessageCodingError` when the message cannot be encoded.
  public mutating func append(_ detail: some ProtobufMessage) throws(MessageCodingError) {
    if let detail = detail as? GoogleProtobuf.AnyMessage {
      packed.append(detail)
    } else {
      packed.append(try GoogleProtobuf.AnyMessage(packing: detail))
    }
  }

  /// The first detail of a type; nil where there is none.
  ///
  /// One whose bytes are malformed counts as none; ``packed`` has it.
  public func first<Detail: ProtobufMessage>(_ type: Detail.Type = Detail.self) -> Detail? {
    for detail in packed where detail.isA(type) {
      if let unpacked = try? detail.unpack(as: type) { return unpacked }
    }
    return nil
  }

  /// All details of a type, in their order, but for those whose bytes are malformed.
  public func all<Detail: ProtobufMessage>(_ type: Detail.Type = Detail.self) -> [Detail] {
    packed.filter { $0.isA(type) }.compactMap { try? $0.unpack(as: type) }
  }
}

/// The types that `google/rpc/error_details.proto` has for what is mostly said of errors: the first detail of each.
extension StatusDetails {
  /// Which fields of the request are wrong, and why.
  public var badRequest: BadRequest? { first() }
  /// The reason of the error, by a name that programs know.
  public var errorInfo: ErrorInfo? { first() }
  /// When the call may be made again.
  public var retryInfo: RetryInfo? { first() }
  /// Which quotas ran out.
  public var quotaFailure: QuotaFailure? { first() }
  /// What has to be done before the call can succeed.
  public var preconditionFailure: PreconditionFailure? { first() }
  /// What the error is about.
  public var resourceInfo: ResourceInfo? { first() }
  /// By which the server's operators find the call in their logs.
  public var requestInfo: RequestInfo? { first() }
  /// Where people read more.
  public var help: Help? { first() }
  /// A message for the people who use the program, in their language.
  public var localizedMessage: LocalizedMessage? { first() }
  /// Where in the server the error came about.
  public var debugInfo: DebugInfo? { first() }
}
