internal import GRPCRuntime

/// What a service config says of the calls of a method, as far as it is not the core that does it.
final class MethodSettings: Sendable {
  /// In nanoseconds.
  let timeout: Int64?
  let waitsForReady: Bool?
  let retryPolicy: RetryPolicy?
  let hedgingPolicy: HedgingPolicy?
  /// The statuses that have another call made.
  let retryableCodes: StatusCodeSet

  init(_ config: MethodConfig) {
    timeout = config.timeout?.clampedNanoseconds
    waitsForReady = config.waitsForReady
    retryPolicy = config.retryPolicy
    hedgingPolicy = config.hedgingPolicy
    retryableCodes =
      (retryPolicy?.retryableStatusCodes ?? hedgingPolicy?.nonFatalStatusCodes)?.codes ?? .init()
  }

  /// Whether a policy has calls of the method made again or beside each other.
  var hasPolicy: Bool { retryPolicy != nil || hedgingPolicy != nil }

  private var saysSomething: Bool { hasPolicy || timeout != nil || waitsForReady != nil }

  /// The settings of all methods by their names' paths; nil where nothing is said of any.
  static func all(of config: ServiceConfig) -> [String: MethodSettings]? {
    var settings: [String: MethodSettings] = [:]
    for method in config.methodConfigs {
      let ofMethod = MethodSettings(method)
      for name in method.names { settings[name.path] = ofMethod }
    }
    return settings.values.contains(where: \.saysSomething) ? settings : nil
  }
}

extension [String: MethodSettings] {
  /// What holds for a method: what is said of itself, or else of its service, or of all.
  subscript(_ method: MethodDescriptor) -> MethodSettings? {
    self[method.path] ?? self["/\(method.service)/"] ?? self[""]
  }
}
