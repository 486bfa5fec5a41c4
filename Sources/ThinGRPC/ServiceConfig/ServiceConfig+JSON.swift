internal import GRPCRuntime
internal import ThinGRPCJSON

extension ServiceConfig {
  /// The largest file with a config, in bytes.
  private static let mostFileBytes = 1 << 20

  /// Reads a config from a file in gRPC's JSON form, now.
  ///
  /// - Parameters:
  ///   - path: a regular file of at most 1 MiB.
  ///   - ignoresUnknownFields: as with ``init(json:ignoresUnknownFields:)``.
  /// - Throws: `SetupError` with `invalidConfiguration` that names the file, and says why it cannot be read, or what is wrong at which
  ///   place.
  public init(file path: String, ignoresUnknownFields: Bool = false) throws(SetupError) {
    let source = "The service config in \(path.quotedForMessage)"
    switch FileContents(of: path, mostByteCount: Self.mostFileBytes) {
    case .unreadable(let reason):
      throw SetupError(.invalidConfiguration, "\(source) cannot be had: \(reason)")
    case .bytes(let bytes):
      try self.init(bytes, from: source, ignoresUnknownFields: ignoresUnknownFields)
    }
  }

  /// Reads a config from gRPC's JSON form.
  ///
  /// Limits are those of gRPC: see <doc:Channels>. A field that is not known is refused by default, for a policy that stands in the
  /// wrong place, or is misspelt, would be ignored in silence otherwise.
  ///
  /// - Parameters:
  ///   - json: the text. No key may stand twice; null stands for a field that is not there.
  ///   - ignoresUnknownFields: whether fields that this version does not know are passed over, as other gRPC libraries do.
  /// - Throws: `SetupError` with `invalidConfiguration`, and with the path of what is wrong, such as
  ///   `methodConfig[0].retryPolicy.maxAttempts`.
  public init(json: String, ignoresUnknownFields: Bool = false) throws(SetupError) {
    try self.init(
      Array(json.utf8), from: "The service config", ignoresUnknownFields: ignoresUnknownFields)
  }

  private init(_ json: [UInt8], from source: String, ignoresUnknownFields: Bool) throws(SetupError) {
    do throws(JSONError) {
      let root = JSONField(value: try JSONValue(reading: json, deepest: 64), path: "")
      let reading = ServiceConfigReading(ignoresUnknownFields: ignoresUnknownFields)
      self = try reading.serviceConfig(root)
      try check()
    } catch {
      throw SetupError(.invalidConfiguration, "\(source) is not valid: \(error)")
    }
  }

  /// The config in gRPC's JSON form.
  public var json: String { jsonValue.text }
}

/// The reading of a service config from JSON.
struct ServiceConfigReading {
  let ignoresUnknownFields: Bool

  /// The fields of an object, all of them known.
  func fields(_ field: JSONField, _ known: String...) throws(JSONError) -> JSONFields {
    let fields = try field.object()
    if !ignoresUnknownFields { try fields.refuseFields(besides: known) }
    return fields
  }

  func serviceConfig(_ root: JSONField) throws(JSONError) -> ServiceConfig {
    let fields = try fields(
      root, "methodConfig", "retryThrottling", "loadBalancingConfig", "loadBalancingPolicy",
      "healthCheckConfig")
    var config = ServiceConfig()
    for method in try fields["methodConfig"]?.array() ?? [] {
      config.methodConfigs.append(try methodConfig(method))
    }
    if let throttling = fields["retryThrottling"] {
      let fields = try self.fields(throttling, "maxTokens", "tokenRatio")
      config.retryThrottling = RetryThrottling(
        maxTokens: try fields.required("maxTokens").integer(),
        tokenRatio: try fields.required("tokenRatio").number())
    }
    if let policies = fields["loadBalancingConfig"] {
      config.loadBalancing = try loadBalancing(policies)
    } else if let name = fields["loadBalancingPolicy"] {
      config.loadBalancing = try policy(named: name)
    }
    if let check = fields["healthCheckConfig"] {
      config.healthCheckServiceName = try self.fields(check, "serviceName")["serviceName"]?.string()
    }
    return config
  }

  private func methodConfig(_ field: JSONField) throws(JSONError) -> MethodConfig {
    let fields = try fields(
      field, "name", "timeout", "waitForReady", "maxRequestMessageBytes", "maxResponseMessageBytes",
      "retryPolicy", "hedgingPolicy")
    var config = MethodConfig()
    for name in try fields["name"]?.array() ?? [] { config.names.append(try methodName(name)) }
    config.timeout = try fields["timeout"]?.duration()
    config.waitsForReady = try fields["waitForReady"]?.bool()
    config.maxRequestMessageBytes = try fields["maxRequestMessageBytes"]?.integer()
    config.maxResponseMessageBytes = try fields["maxResponseMessageBytes"]?.integer()
    config.retryPolicy = try fields["retryPolicy"].map(retryPolicy)
    config.hedgingPolicy = try fields["hedgingPolicy"].map(hedgingPolicy)
    return config
  }

  /// As in protobuf, an empty text stands for a field that is not there.
  private func methodName(_ field: JSONField) throws(JSONError) -> MethodName {
    let fields = try fields(field, "service", "method")
    let service = try fields["service"]?.string() ?? ""
    let method = try fields["method"]?.string() ?? ""
    if service.isEmpty, !method.isEmpty { throw field.problem("names a method and no service") }
    if service.isEmpty { return .all }
    return method.isEmpty ? .service(service) : .method(service, method)
  }

  private func retryPolicy(_ field: JSONField) throws(JSONError) -> RetryPolicy {
    let fields = try fields(
      field, "maxAttempts", "initialBackoff", "maxBackoff", "backoffMultiplier", "retryableStatusCodes")
    return RetryPolicy(
      maxAttempts: try fields.required("maxAttempts").integer(),
      initialBackoff: try fields.required("initialBackoff").duration(),
      maxBackoff: try fields.required("maxBackoff").duration(),
      backoffMultiplier: try fields.required("backoffMultiplier").number(),
      retryableStatusCodes: try statusCodes(fields.required("retryableStatusCodes")))
  }

  private func hedgingPolicy(_ field: JSONField) throws(JSONError) -> HedgingPolicy {
    let fields = try fields(field, "maxAttempts", "hedgingDelay", "nonFatalStatusCodes")
    return HedgingPolicy(
      maxAttempts: try fields.required("maxAttempts").integer(),
      hedgingDelay: try fields["hedgingDelay"]?.duration() ?? .zero,
      nonFatalStatusCodes: try fields["nonFatalStatusCodes"].map(statusCodes) ?? [])
  }

  /// Status codes are told by their names, whatever the case, or by their numbers.
  private func statusCodes(_ field: JSONField) throws(JSONError) -> Set<StatusCode> {
    var codes: Set<StatusCode> = []
    for element in try field.array() {
      if case .string(let name) = element.value {
        guard let code = StatusCode(name: name.uppercased()) else {
          throw element.problem("\(name.quotedForMessage) is no status code, such as UNAVAILABLE")
        }
        codes.insert(code)
      } else {
        let number = try element.integer()
        guard (0...16).contains(number) else {
          throw element.problem("is \(number), which is no status code")
        }
        codes.insert(StatusCode(rawValue: Int32(number)))
      }
    }
    return codes
  }
}
