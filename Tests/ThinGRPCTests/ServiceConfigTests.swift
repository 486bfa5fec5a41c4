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
    try #expect(ServiceConfig(json: "\u{feff} {} ") == ServiceConfig())
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

  /// A text, and a part of why it is refused.
  private static let refused: [(json: String, why: String)] = [
    ("", "a value is missing"), ("nonsense", "it is no JSON value"), ("[]", "is an array, and not an object"),
    ("null", "is null"), ("\"{}\"", "is a string"), ("{} {}", "something follows"),
    ("{", "a key in quotation"),
    (#"{"a" 1}"#, "a: a colon is missing"), (#"{"methodConfig": [}"#, "methodConfig[0]: it is no JSON value"),
    (#"{"methodConfig": [] "a": 1}"#, "a comma or a closing brace"), ("{// c\n}", "a key in quotation"),
    ("{'a': 1}", "a key in quotation"), (#"{"methodConfig": [],}"#, "a key in quotation"),
    (#"{"methodConfig": [], "methodConfig": []}"#, "methodConfig: it stands twice"),
    (
      #"{"methodConfig": [{"name": [], "timeout": "1s", "\u0074imeout": "2s"}]}"#,
      "methodConfig[0].timeout: it stands twice"
    ),
    (#"{"methodConfig": NaN}"#, "methodConfig: it is no JSON value"),
    (#"{"methodConfig": Infinity}"#, "methodConfig: it is no JSON value"),
    (
      #"{"retryThrottling": {"maxTokens": 01, "tokenRatio": 1}}"#,
      "retryThrottling.maxTokens: it is no number"
    ),
    (#"{"healthCheckConfig": {"serviceName": "\ud800"}}"#, "half of a surrogate pair"),
    (#"{"healthCheckConfig": {"serviceName": "\x"}}"#, "an escape that JSON does not know"),
    ("{\"healthCheckConfig\": {\"serviceName\": \"\n\"}}", "a control character (line 1"),
    (String(repeating: "[", count: 100_000), "more than 64 deep"),
    (String(repeating: #"{"a":"#, count: 100_000), "more than 64 deep"),
    (#"{"methodConfig": {}}"#, "methodConfig: is an object, and not an array"),
    (#"{"methodConfig": [null]}"#, "methodConfig[0]: is null, and not an object"),
    (
      #"{"healthCheckConfig": {"serviceName": 5}}"#,
      "healthCheckConfig.serviceName: is a number, and not a string"
    ),
    (#"{"retryThrottling": {}}"#, "retryThrottling.maxTokens: is missing"),
    (#"{"retryThrottling": {"maxTokens": 0, "tokenRatio": 1}}"#, "maxTokens: is 0, and not from 1 to 1000"),
    (#"{"retryThrottling": {"maxTokens": 1001, "tokenRatio": 1}}"#, "maxTokens: is 1001"),
    (#"{"retryThrottling": {"maxTokens": 1.5, "tokenRatio": 1}}"#, "is 1.5, and not a whole number"),
    (#"{"retryThrottling": {"maxTokens": 1e400, "tokenRatio": 1}}"#, "maxTokens: is a number too large"),
    (#"{"retryThrottling": {"maxTokens": 99999999999999999999, "tokenRatio": 1}}"#, "is a number too large"),
    (#"{"retryThrottling": {"maxTokens": true, "tokenRatio": 1}}"#, "is a boolean, and not a number"),
    (#"{"retryThrottling": {"maxTokens": "ten", "tokenRatio": 1}}"#, "is a string, and not a number"),
    (#"{"retryThrottling": {"maxTokens": 10, "tokenRatio": 0}}"#, "tokenRatio: is 0.0"),
    (#"{"retryThrottling": {"maxTokens": 10, "tokenRatio": -1}}"#, "tokenRatio: is -1.0"),
    (#"{"retryThrottling": {"maxTokens": 10, "tokenRatio": 0.0001}}"#, "tokenRatio: is less than 0.001"),
    (#"{"retryThrottling": {"maxTokens": 10, "tokenRatio": "NaN"}}"#, "tokenRatio: is a string"),
    (#"{"loadBalancingConfig": []}"#, "loadBalancingConfig: has no policy"),
    (#"{"loadBalancingConfig": {}}"#, "loadBalancingConfig: is an object"),
    (#"{"loadBalancingConfig": [{}]}"#, "loadBalancingConfig[0]: has 0 policies"),
    (
      #"{"loadBalancingConfig": [{"round_robin": {}, "pick_first": {}}]}"#,
      "loadBalancingConfig[0]: has 2 policies"
    ),
    (#"{"loadBalancingConfig": [{"round_robin": []}]}"#, "loadBalancingConfig[0].round_robin: is an array"),
    (#"{"loadBalancingConfig": [{"roundrobin": {}}, {"x": {}}]}"#, "no policy that is known: roundrobin, x"),
    (
      #"{"loadBalancingConfig": [{"ring_hash_experimental": {}}]}"#,
      "ring_hash_experimental: this policy ends the process"
    ),
    (#"{"loadBalancingConfig": [{"weighted_target_experimental": {}}]}"#, "has addresses only where xDS"),
    (#"{"loadBalancingConfig": [{"priority_experimental": {}}]}"#, "has addresses only where xDS"),
    (#"{"loadBalancingConfig": [{"cds_experimental": {}}]}"#, "is for xDS alone"),
    (#"{"loadBalancingConfig": [{"rls_experimental": {}}]}"#, "is not supported"),
    (#"{"loadBalancingConfig": [{"grpclb": {}}]}"#, "is not supported"),
    (
      #"{"loadBalancingConfig": [{"pick_first": {"shuffleAddressList": true}}]}"#,
      "shuffleAddressList: is not supported"
    ),
    (
      #"{"loadBalancingPolicy": "ring_hash_experimental"}"#,
      "loadBalancingPolicy: this policy ends the process"
    ),
    (#"{"loadBalancingPolicy": "best"}"#, "'best' is no policy that is known"),
    (#"{"loadBalancingPolicy": "outlier_detection"}"#, "needs settings"),
    (#"{"loadBalancingConfig": [{"outlier_detection": {}}]}"#, "outlier_detection.childPolicy: is missing"),
    (
      #"{"loadBalancingConfig": [{"outlier_detection": {"childPolicy": [{"ring_hash_experimental": {}}]}}]}"#,
      "loadBalancingConfig[0].outlier_detection.childPolicy[0].ring_hash_experimental: this policy ends"
    ),
    (
      #"{"loadBalancingConfig": [{"outlier_detection": {"interval": "0s", "childPolicy": [{"round_robin": {}}]}}]}"#,
      "outlier_detection.interval: is less than 0.001 seconds"
    ),
    (
      #"{"loadBalancingConfig": [{"outlier_detection": {"maxEjectionPercent": 101, "childPolicy": [{"round_robin": {}}]}}]}"#,
      "maxEjectionPercent: is 101, and not from 0 to 100"
    ),
    (
      #"{"loadBalancingConfig": [{"outlier_detection": {"childPolicy": [{"outlier_detection": {"childPolicy": [{"round_robin": {}}]}}]}}]}"#,
      "childPolicy: is outlier detection again"
    ),
  ]

  @Test("A text that is no config is refused with the path of what is wrong", arguments: refused)
  func refuses(json: String, why: String) {
    let error = setupError { try ServiceConfig(json: json) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.hasPrefix("The service config is not valid: ") == true)
    #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
  }

  /// The fields of a method's config, and a part of why it is refused.
  private static let refusedMethods: [(fields: String, why: String)] = [
    (#""name": [{"method": "m"}]"#, "name[0]: names a method and no service"),
    (#""name": [{"service": "a/b"}]"#, "name[0].service: 'a/b' has a slash"),
    (#""name": [{"service": "a", "method": "b c"}]"#, "name[0].method: has the character U+0020"),
    (
      #""name": [{"service": "a"}, {"service": "a"}]"#,
      "name[1]: names /a/, which methodConfig[0].name[0] names already"
    ),
    (#""name": [{}, {"service": ""}]"#, "names the default, which"),
    (#""name": [{"service": "a", "methode": "b"}]"#, "name[0].methode: is no field"),
    (#""timeout": 1"#, "timeout: is a number, and not a duration in quotation marks"),
    (#""timeout": "1""#, "timeout: is no duration"), (#""timeout": "100ms""#, "timeout: is no duration"),
    (#""timeout": "s""#, "timeout: is no duration"), (#""timeout": "1.s""#, "timeout: is no duration"),
    (#""timeout": "+1s""#, "timeout: is no duration"), (#""timeout": "1e3s""#, "timeout: is no duration"),
    (#""timeout": " 1s""#, "timeout: is no duration"),
    (#""timeout": "1.0000000001s""#, "timeout: is no duration"),
    (#""timeout": "٣s""#, "timeout: is no duration"),
    (#""timeout": "-1s""#, "timeout: is negative"), (#""timeout": "-0.5s""#, "timeout: is negative"),
    (#""timeout": "0s""#, "timeout: is not greater than 0"),
    (#""timeout": "315576000001s""#, "timeout: is longer than"),
    (#""timeout": "99999999999999999999s""#, "timeout: is longer than"),
    (#""waitForReady": "yes""#, "waitForReady: is a string, and not true or false"),
    (#""waitForReady": 1"#, "waitForReady: is a number, and not true or false"),
    (#""maxRequestMessageBytes": -1"#, "maxRequestMessageBytes: is -1"),
    (#""maxResponseMessageBytes": 4294967296"#, "maxResponseMessageBytes: is 4294967296"),
    (#""retryPolicy": {}"#, "retryPolicy.maxAttempts: is missing"),
    (
      #""retryPolicy": {"maxAttempts": 2, "maxBackoff": "1s", "backoffMultiplier": 1, "retryableStatusCodes": [14]}"#,
      "initialBackoff: is missing"
    ),
    (retry(#""maxAttempts": 1"#), "retryPolicy.maxAttempts: is 1"),
    (retry(#""maxAttempts": -3"#), "retryPolicy.maxAttempts: is -3"),
    (
      retry(#""maxAttempts": 3, "initialBackoff": "0s""#), "retryPolicy.initialBackoff: is not greater than 0"
    ),
    (retry(#""maxAttempts": 3, "backoffMultiplier": 0"#), "retryPolicy.backoffMultiplier: is 0.0"),
    (retry(#""maxAttempts": 3, "backoffMultiplier": 1e999"#), "backoffMultiplier: is a number too large"),
    (retry(#""maxAttempts": 3, "retryableStatusCodes": []"#), "retryPolicy.retryableStatusCodes: is empty"),
    (retry(#""maxAttempts": 3, "retryableStatusCodes": ["OK"]"#), "OK is not the status code of a failure"),
    (retry(#""maxAttempts": 3, "retryableStatusCodes": [0]"#), "OK is not the status code of a failure"),
    (
      retry(#""maxAttempts": 3, "retryableStatusCodes": ["NOPE"]"#),
      "retryableStatusCodes[0]: 'NOPE' is no status"
    ),
    (retry(#""maxAttempts": 3, "retryableStatusCodes": [17]"#), "retryableStatusCodes[0]: is 17"),
    (retry(#""maxAttempts": 3, "retryableStatusCodes": "UNAVAILABLE""#), "retryableStatusCodes: is a string"),
    (
      #""name": [{"service": "a"}], "hedgingPolicy": {"maxAttempts": 2}"#,
      "hedgingPolicy: is for more than single"
    ),
    (#""name": [{}], "hedgingPolicy": {"maxAttempts": 2}"#, "hedgingPolicy: is for more than single"),
    (#""hedgingPolicy": {"maxAttempts": 1}"#, "hedgingPolicy.maxAttempts: is 1"),
    (#""hedgingPolicy": {"maxAttempts": 2, "hedgingDelay": "-1s"}"#, "hedgingDelay: is negative"),
    (
      #""hedgingPolicy": {"maxAttempts": 2}, "# + retry(#""maxAttempts": 3"#),
      "hedgingPolicy: stands beside a retry"
    ),
  ]

  private static func retry(_ fields: String) -> String {
    var all = fields
    for (key, value) in [
      ("initialBackoff", "\"1s\""), ("maxBackoff", "\"1s\""), ("backoffMultiplier", "1"),
      ("retryableStatusCodes", "[14]"),
    ] where !fields.contains(key) {
      all += ", \"\(key)\": \(value)"
    }
    return "\"retryPolicy\": {\(all)}"
  }

  @Test("What is wrong with a method's config is told with its path", arguments: refusedMethods)
  func refusesMethod(fields: String, why: String) {
    let error = setupError { try ServiceConfig(json: "{\"methodConfig\": [{\(fields)}]}") }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.contains("not valid: methodConfig[0]") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
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
