internal import ThinGRPCJSON

extension ServiceConfig {
  /// Checks what gRFC A6 and the core demand, and what this version cannot do.
  ///
  /// - Throws: `JSONError` with the path that the JSON form has for what is wrong.
  func check() throws(JSONError) {
    var named: [String: String] = [:]
    for (index, method) in methodConfigs.enumerated() {
      let path = JSONPath.of(index, in: "methodConfig")
      for (index, name) in method.names.enumerated() {
        let namePath = JSONPath.of(index, in: "\(path).name")
        try name.check(at: namePath)
        if let other = named.updateValue(namePath, forKey: name.path) {
          let what = name == .all ? "the default" : name.path
          throw JSONError(namePath, "names \(what), which \(other) names already")
        }
      }
      try method.check(at: path)
    }
    if let retryThrottling {
      try Self.check(retryThrottling.maxTokens, in: 1...1000, at: "retryThrottling.maxTokens")
      try Self.checkPositive(retryThrottling.tokenRatio, at: "retryThrottling.tokenRatio")
      if retryThrottling.milliTokenRatio < 1 {
        throw JSONError("retryThrottling.tokenRatio", "is less than 0.001")
      }
    }
    try loadBalancing?.check(at: "loadBalancingConfig[0]")
  }

  fileprivate static func check(_ value: Int, in range: ClosedRange<Int>, at path: String) throws(JSONError) {
    if range.contains(value) { return }
    throw JSONError(path, "is \(value), and not from \(range.lowerBound) to \(range.upperBound)")
  }

  fileprivate static func checkPositive(_ value: Double, at path: String) throws(JSONError) {
    guard value > 0, value.isFinite else {
      throw JSONError(path, "is \(value), and not a number greater than 0")
    }
  }

  /// - Parameter least: what it must exceed, or be.
  fileprivate static func check(
    _ duration: Duration, atLeast least: Duration = .nanoseconds(1), at path: String
  ) throws(JSONError) {
    if duration < .zero { throw JSONError(path, "is negative") }
    if duration < least {
      throw JSONError(path, least > .nanoseconds(1) ? "is less than \(least)" : "is not greater than 0")
    }
    if duration > .seconds(315_576_000_000) {
      throw JSONError(path, "is longer than 315,576,000,000 seconds")
    }
  }

  fileprivate static func check(_ codes: Set<StatusCode>, at path: String) throws(JSONError) {
    for code in codes.sorted(by: { $0.rawValue < $1.rawValue }) where !(1...16).contains(code.rawValue) {
      throw JSONError(path, "\(code) is not the status code of a failure")
    }
  }
}

extension RetryThrottling {
  var milliTokenRatio: Int { Int(min(tokenRatio, 1_000_000) * 1000 + 1e-6) }
}

extension MethodName {
  fileprivate func check(at path: String) throws(JSONError) {
    for (key, name) in [("service", service), ("method", method)] {
      guard let name else { continue }
      let keyPath = "\(path).\(key)"
      if name.isEmpty { throw JSONError(keyPath, "is empty") }
      if name.contains("/") {
        throw JSONError(
          keyPath,
          "\(name.quotedForMessage) has a slash: the service and the method stand apart")
      }
      if let character = name.unicodeScalars.first(where: { !("!"..."~").contains($0) }) {
        throw JSONError(keyPath, "has the character U+\(character.hexadecimal)")
      }
    }
  }
}

extension MethodConfig {
  fileprivate func check(at path: String) throws(JSONError) {
    if let timeout { try ServiceConfig.check(timeout, at: "\(path).timeout") }
    for (key, limit) in [
      ("maxRequestMessageBytes", maxRequestMessageBytes),
      ("maxResponseMessageBytes", maxResponseMessageBytes),
    ] {
      guard let limit else { continue }
      try ServiceConfig.check(limit, in: 0...Int(UInt32.max), at: "\(path).\(key)")
    }
    try retryPolicy?.check(at: "\(path).retryPolicy")
    guard let hedgingPolicy else { return }
    let hedgingPath = "\(path).hedgingPolicy"
    if retryPolicy != nil {
      throw JSONError(hedgingPath, "stands beside a retryPolicy: a method has one of them")
    }
    if names.contains(where: { $0.method == nil }) {
      throw JSONError(
        hedgingPath,
        "is for more than single methods: name each, so that none is hedged that may not be made twice")
    }
    try hedgingPolicy.check(at: hedgingPath)
  }
}

extension RetryPolicy {
  fileprivate func check(at path: String) throws(JSONError) {
    try ServiceConfig.check(maxAttempts, in: 2...Int(UInt32.max), at: "\(path).maxAttempts")
    try ServiceConfig.check(initialBackoff, at: "\(path).initialBackoff")
    try ServiceConfig.check(maxBackoff, at: "\(path).maxBackoff")
    try ServiceConfig.checkPositive(backoffMultiplier, at: "\(path).backoffMultiplier")
    let codesPath = "\(path).retryableStatusCodes"
    if retryableStatusCodes.isEmpty { throw JSONError(codesPath, "is empty") }
    try ServiceConfig.check(retryableStatusCodes, at: codesPath)
  }
}

extension HedgingPolicy {
  fileprivate func check(at path: String) throws(JSONError) {
    try ServiceConfig.check(maxAttempts, in: 2...Int(UInt32.max), at: "\(path).maxAttempts")
    try ServiceConfig.check(hedgingDelay, atLeast: .zero, at: "\(path).hedgingDelay")
    try ServiceConfig.check(nonFatalStatusCodes, at: "\(path).nonFatalStatusCodes")
  }
}

extension LoadBalancingPolicy {
  fileprivate func check(at path: String) throws(JSONError) {
    guard case .outlierDetection(let detection, of: let child) = kind else { return }
    let path = "\(path).outlier_detection"
    // The core would look without end, and do nothing else.
    try ServiceConfig.check(detection.interval, atLeast: .milliseconds(1), at: "\(path).interval")
    try ServiceConfig.check(detection.baseEjectionTime, at: "\(path).baseEjectionTime")
    try ServiceConfig.check(detection.maxEjectionTime, at: "\(path).maxEjectionTime")
    var percentages = [("maxEjectionPercent", detection.maxEjectionPercent)]
    var counts: [(String, Int)] = []
    if let rate = detection.successRateEjection {
      counts.append(("successRateEjection.stdevFactor", rate.stdevFactor))
      counts.append(("successRateEjection.minimumHosts", rate.minimumHosts))
      counts.append(("successRateEjection.requestVolume", rate.requestVolume))
      percentages.append(("successRateEjection.enforcementPercentage", rate.enforcementPercentage))
    }
    if let percentage = detection.failurePercentageEjection {
      counts.append(("failurePercentageEjection.minimumHosts", percentage.minimumHosts))
      counts.append(("failurePercentageEjection.requestVolume", percentage.requestVolume))
      percentages.append(("failurePercentageEjection.threshold", percentage.threshold))
      percentages.append(
        ("failurePercentageEjection.enforcementPercentage", percentage.enforcementPercentage))
    }
    for (key, value) in percentages { try ServiceConfig.check(value, in: 0...100, at: "\(path).\(key)") }
    for (key, value) in counts {
      try ServiceConfig.check(value, in: 0...Int(UInt32.max), at: "\(path).\(key)")
    }
    if case .outlierDetection = child.kind {
      throw JSONError("\(path).childPolicy", "is outlier detection again")
    }
  }
}
