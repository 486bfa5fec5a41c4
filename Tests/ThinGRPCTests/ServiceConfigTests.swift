import Testing
import ThinGRPC

@Suite("Service configs")
struct ServiceConfigTests {
  private static let everything = """
    {
      "methodConfig": [
        {
          "name": [{"service": "test.Echo", "method": "Unary"}, {"service": "test.Other"}],
          "timeout": "1.5s", "waitForReady": true, "maxRequestMessageBytes": 100, "maxResponseMessageBytes": "200",
          "retryPolicy": {
            "maxAttempts": 3, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2.5,
            "retryableStatusCodes": ["UNAVAILABLE", "aborted", 8]
          }
        },
        {
          "name": [{"service": "test.Echo", "method": "Expand"}],
          "hedgingPolicy": {"maxAttempts": 4, "hedgingDelay": "0.020s", "nonFatalStatusCodes": [14]}
        },
        {"name": [{}]}
      ],
      "retryThrottling": {"maxTokens": 1000, "tokenRatio": 0.125},
      "loadBalancingConfig": [
        {"least_request": {}},
        {"outlier_detection": {
          "interval": "1s", "baseEjectionTime": "500s", "maxEjectionPercent": 50,
          "successRateEjection": {"stdevFactor": 1000, "requestVolume": 5},
          "failurePercentageEjection": {"threshold": 40, "minimumHosts": 2},
          "childPolicy": [{"round_robin": {}}]
        }}
      ],
      "healthCheckConfig": {"serviceName": "test.Echo"}
    }
    """

  private var everything: ServiceConfig {
    var first = MethodConfig(.method("test.Echo", "Unary"), .service("test.Other"))
    first.timeout = .milliseconds(1500)
    first.waitsForReady = true
    first.maxRequestMessageBytes = 100
    first.maxResponseMessageBytes = 200
    first.retryPolicy = RetryPolicy(
      maxAttempts: 3, initialBackoff: .milliseconds(100), maxBackoff: .seconds(1), backoffMultiplier: 2.5,
      retryableStatusCodes: [.unavailable, .aborted, .resourceExhausted])
    var second = MethodConfig(.method("test.Echo", "Expand"))
    second.hedgingPolicy = HedgingPolicy(
      maxAttempts: 4, hedgingDelay: .milliseconds(20), nonFatalStatusCodes: [.unavailable])
    var detection = OutlierDetection()
    detection.interval = .seconds(1)
    detection.baseEjectionTime = .seconds(500)
    detection.maxEjectionTime = .seconds(500)
    detection.maxEjectionPercent = 50
    var rate = OutlierDetection.SuccessRate()
    (rate.stdevFactor, rate.requestVolume) = (1000, 5)
    detection.successRateEjection = rate
    var percentage = OutlierDetection.FailurePercentage()
    (percentage.threshold, percentage.minimumHosts) = (40, 2)
    detection.failurePercentageEjection = percentage
    var config = ServiceConfig()
    config.methodConfigs = [first, second, MethodConfig(.all)]
    config.retryThrottling = RetryThrottling(maxTokens: 1000, tokenRatio: 0.125)
    config.loadBalancing = .outlierDetection(detection)
    config.healthCheckServiceName = "test.Echo"
    return config
  }

  @Test("A config is read from JSON, and written to JSON that reads as the same")
  func everyField() throws {
    let config = try ServiceConfig(json: Self.everything)
    #expect(config == everything)
    try #expect(ServiceConfig(json: config.json) == config)
    try #expect(ServiceConfig(json: " {} ") == ServiceConfig())
    #expect(ServiceConfig().json == "{}")
    try #expect(ServiceConfig(json: #"{"loadBalancingPolicy": "ROUND_ROBIN"}"#).loadBalancing == .roundRobin)
    try #expect(ServiceConfig(json: #"{"methodConfig": null, "retryThrottling": null}"#) == ServiceConfig())
    let escaped = #"{"healthCheckConfig":{"serviceName":"a\u00fc\ud83d\ude00\n\/\"\\"}}"#
    let name = try ServiceConfig(json: escaped).healthCheckServiceName
    #expect(name == "aü😀\n/\"\\")
    var again = ServiceConfig()
    again.healthCheckServiceName = name
    try #expect(ServiceConfig(json: again.json) == again)
  }

  @Test("Fields that are not known are refused, or passed over where that is asked for")
  func unknownFields() throws {
    let json = #"{"retryPolicy": {}, "methodConfig": [{"name": [{}], "perAttempt": 1}]}"#
    let error = setupError { try ServiceConfig(json: json) }
    #expect(error?.code == .invalidConfiguration)
    #expect(
      error?.message.contains("retryPolicy: is no field of this object: there are methodConfig, ") == true)
    try #expect(ServiceConfig(json: json, ignoresUnknownFields: true).methodConfigs == [MethodConfig(.all)])
  }

  @Test("A config that was made is checked when it is given to a channel")
  func checkedByChannel() {
    func message(_ change: (inout ServiceConfig) -> Void) -> String? {
      var configuration = ChannelConfiguration()
      var config = ServiceConfig()
      change(&config)
      configuration.serviceConfig = config
      return setupError {
        try Channel(to: "127.0.0.1:1", credentials: .insecure, configuration: configuration)
      }?.message
    }
    var method = MethodConfig(.service("a"))
    method.retryPolicy = RetryPolicy(maxAttempts: 1)
    #expect(
      message { $0.methodConfigs = [method] }
        == "The service config is not valid: methodConfig[0].retryPolicy.maxAttempts: is 1, and not from 2 to 4294967295"
    )
    #expect(
      message { $0.methodConfigs = [MethodConfig(.all), MethodConfig(.all)] }?.contains("[1].name[0]") == true
    )
    #expect(
      message { $0.retryThrottling = RetryThrottling(maxTokens: 10, tokenRatio: .nan) }?.contains(
        "tokenRatio")
        == true)
    method.retryPolicy = RetryPolicy(initialBackoff: .seconds(-1))
    #expect(message { $0.methodConfigs = [method] }?.contains("initialBackoff: is negative") == true)
  }

  @Test(
    "Damaged texts are refused or mean something, and what means something makes a channel", arguments: 1...8)
  func damaged(seed: UInt64) throws {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(below bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state >> 33) % bound
    }
    let pieces = [
      "{", "}", "[", "]", ":", ",", "\"", "\\", "null", "true", "0", "-1", "1e99", "1.5", "\"1s\"", "\"\"",
      "\\u12", "ü", "\0",
      "pick_first", "round_robin", "ring_hash_experimental", "weighted_target_experimental", "name",
      "methodConfig",
    ]
    for _ in 0..<400 {
      var text = Array(Self.everything)
      for _ in 0...random(below: 3) {
        let start = random(below: text.count)
        let end = min(text.count, start + random(below: 12))
        text.replaceSubrange(start..<end, with: pieces[random(below: pieces.count)])
      }
      do {
        let config = try ServiceConfig(json: String(text), ignoresUnknownFields: true)
        try #expect(ServiceConfig(json: config.json) == config)
        var configuration = ChannelConfiguration()
        configuration.serviceConfig = config
        let channel = try Channel(to: "127.0.0.1:1", credentials: .insecure, configuration: configuration)
        #expect(channel.openCallCount == 0)
      } catch {
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.hasPrefix("The service config is not valid: "), "\(error)")
      }
    }
  }

  @Test("The control plane of an xDS target is the only one that configures it")
  func controlPlane() {
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    let error = setupError {
      try Channel(to: "xds:///service", credentials: .insecure, configuration: configuration)
    }
    #expect(error?.code == .invalidConfiguration)
  }
}
