internal import ThinGRPCJSON

extension ServiceConfig {
  /// The config in gRPC's JSON form.
  var jsonValue: JSONValue {
    jsonValue(
      methodConfigs.map(\.jsonValue), retryThrottling?.jsonValue,
      loadBalancing?.jsonValue(outlierDetection: "outlier_detection"))
  }

  /// What the core is to do of it, in its own form; nil for nothing. Everything else is done before the core has a call.
  var coreText: String? {
    let methods = methodConfigs.filter {
      $0.maxRequestMessageBytes != nil || $0.maxResponseMessageBytes != nil
    }
    let limits = methods.map { method in
      var limits = method
      (limits.timeout, limits.waitsForReady) = (nil, nil)
      (limits.retryPolicy, limits.hedgingPolicy) = (nil, nil)
      return limits.jsonValue
    }
    // One that is named by itself has only what is said there: also if it has no limits.
    let others = methodConfigs.filter {
      $0.maxRequestMessageBytes == nil && $0.maxResponseMessageBytes == nil
    }
    let names = others.flatMap(\.names)
    let unlimited: [JSONValue] =
      limits.isEmpty || names.isEmpty ? [] : [.object(("name", .array(names.map(\.jsonValue))))]
    // The name that outlier detection has in this core.
    let value = jsonValue(
      limits + unlimited, nil, loadBalancing?.jsonValue(outlierDetection: "outlier_detection_experimental"))
    return value == .object([]) ? nil : value.text
  }

  private func jsonValue(
    _ methods: [JSONValue], _ throttling: JSONValue?, _ loadBalancing: JSONValue?
  ) -> JSONValue {
    .object(
      ("methodConfig", methods.isEmpty ? nil : .array(methods)),
      ("retryThrottling", throttling),
      ("loadBalancingConfig", loadBalancing.map { .array([$0]) }),
      ("healthCheckConfig", healthCheckServiceName.map { .object(("serviceName", .string($0))) }))
  }
}

extension MethodName {
  fileprivate var jsonValue: JSONValue {
    .object(("service", service.map { .string($0) }), ("method", method.map { .string($0) }))
  }
}

extension MethodConfig {
  fileprivate var jsonValue: JSONValue {
    .object(
      ("name", .array(names.map(\.jsonValue))),
      ("timeout", timeout.map { .duration($0) }),
      ("waitForReady", waitsForReady.map { .bool($0) }),
      ("maxRequestMessageBytes", maxRequestMessageBytes.map { .number($0) }),
      ("maxResponseMessageBytes", maxResponseMessageBytes.map { .number($0) }),
      ("retryPolicy", retryPolicy?.jsonValue),
      ("hedgingPolicy", hedgingPolicy?.jsonValue))
  }
}

extension RetryPolicy {
  fileprivate var jsonValue: JSONValue {
    .object(
      ("maxAttempts", .number(maxAttempts)), ("initialBackoff", .duration(initialBackoff)),
      ("maxBackoff", .duration(maxBackoff)), ("backoffMultiplier", .number(backoffMultiplier)),
      ("retryableStatusCodes", retryableStatusCodes.jsonValue))
  }
}

extension HedgingPolicy {
  fileprivate var jsonValue: JSONValue {
    .object(
      ("maxAttempts", .number(maxAttempts)), ("hedgingDelay", .duration(hedgingDelay)),
      ("nonFatalStatusCodes", nonFatalStatusCodes.jsonValue))
  }
}

extension RetryThrottling {
  fileprivate var jsonValue: JSONValue {
    .object(("maxTokens", .number(maxTokens)), ("tokenRatio", .number(tokenRatio)))
  }
}

extension Set<StatusCode> {
  fileprivate var jsonValue: JSONValue {
    .array(map(\.rawValue).sorted().map { .string(StatusCode(rawValue: $0).description) })
  }
}

extension LoadBalancingPolicy {
  /// - Parameter name: of outlier detection.
  fileprivate func jsonValue(outlierDetection name: String) -> JSONValue {
    switch kind {
    case .pickFirst: .object(("pick_first", .object([])))
    case .roundRobin: .object(("round_robin", .object([])))
    case .outlierDetection(let detection, of: let child):
      .object((name, detection.jsonValue(of: child.jsonValue(outlierDetection: name))))
    }
  }
}

extension OutlierDetection {
  fileprivate func jsonValue(of child: JSONValue) -> JSONValue {
    .object(
      ("interval", .duration(interval)), ("baseEjectionTime", .duration(baseEjectionTime)),
      ("maxEjectionTime", .duration(maxEjectionTime)), ("maxEjectionPercent", .number(maxEjectionPercent)),
      (
        "successRateEjection",
        successRateEjection.map { rate in
          .object(
            ("stdevFactor", .number(rate.stdevFactor)),
            ("enforcementPercentage", .number(rate.enforcementPercentage)),
            ("minimumHosts", .number(rate.minimumHosts)), ("requestVolume", .number(rate.requestVolume)))
        }
      ),
      (
        "failurePercentageEjection",
        failurePercentageEjection.map { percentage in
          .object(
            ("threshold", .number(percentage.threshold)),
            ("enforcementPercentage", .number(percentage.enforcementPercentage)),
            ("minimumHosts", .number(percentage.minimumHosts)),
            ("requestVolume", .number(percentage.requestVolume)))
        }
      ),
      ("childPolicy", .array([child])))
  }
}
