import Foundation
import Testing
import ThinGRPC

@Suite("Texts that are no service config")
struct ServiceConfigRefusalTests {
  /// A text, and a part of why it is refused.
  private static let refused: [(json: String, why: String)] = [
    ("", "line 1, column 1: the text ends where a value should be"), ("nonsense", "there is no value here"),
    ("{\"a\\nb\": 1}", #": ["a\u000ab"]: is no field"#),
    (#"{"": {"": 1, "": 2}}"#, #": [""][""]: is there twice"#),
    ("[]", "is an array, and not an object"), ("\u{feff}{}", "a byte order mark is no JSON"),
    ("null", "is null"), ("\"{}\"", "is a string"), ("{} {}", "there is more after the end"),
    ("{", "a name in quotation"),
    (#"{"a" 1}"#, "line 1, column 6: a colon should be here"),
    (#"{"methodConfig": [}"#, "line 1, column 19: there is no value here"),
    (#"{"methodConfig": [] "a": 1}"#, "a comma or the object's end"), ("{// c\n}", "a name in quotation"),
    ("{'a': 1}", "a name in quotation"), (#"{"methodConfig": [],}"#, "a name in quotation"),
    (#"{"methodConfig": [], "methodConfig": []}"#, "methodConfig: is there twice"),
    (
      #"{"methodConfig": [{"name": [], "timeout": "1s", "\u0074imeout": "2s"}]}"#,
      "methodConfig[0].timeout: is there twice"
    ),
    (#"{"methodConfig": NaN}"#, "line 1, column 18: there is no value here"),
    (#"{"methodConfig": Infinity}"#, "line 1, column 18: there is no value here"),
    (
      #"{"retryThrottling": {"maxTokens": 01, "tokenRatio": 1}}"#,
      "line 1, column 36: a comma or the object's end should be here"
    ),
    (#"{"healthCheckConfig": {"serviceName": "\ud800"}}"#, "half of a surrogate pair"),
    (#"{"healthCheckConfig": {"serviceName": "\x"}}"#, "there is no such escape"),
    ("{\"healthCheckConfig\": {\"serviceName\": \"\n\"}}", "line 1, column 40: a control character"),
    (String(repeating: "[", count: 100_000), "more than 64 arrays and objects"),
    (String(repeating: #"{"a":"#, count: 100_000), "more than 64 arrays and objects"),
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
    (#"{"retryThrottling": {"maxTokens": 1e400, "tokenRatio": 1}}"#, "the number is too large"),
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
    (#"{"loadBalancingConfig": [{"cds_experimental": {}}]}"#, "this policy ends the process"),
    (#"{"loadBalancingConfig": [{"xds_cluster_impl_experimental": {}}]}"#, "is for xDS alone"),
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

  @Test("A file is read, and its name is in what is wrong with it")
  func file() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID()).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func message(_ bytes: [UInt8]) throws -> String? {
      try Data(bytes).write(to: URL(filePath: path))
      return setupError { try ServiceConfig(file: path) }?.message
    }
    try Data("{} ".utf8).write(to: URL(filePath: path))
    try #expect(ServiceConfig(file: path) == ServiceConfig())
    let text = #"{"loadBalancingPolicy": "round_robin", "later": 1}"#
    try #expect(message(Array(text.utf8))?.contains("later: is no field") == true)
    try #expect(ServiceConfig(file: path, ignoresUnknownFields: true).loadBalancing == .roundRobin)
    for (bytes, why) in [
      ([], "is not valid: line 1, column 1: the text ends"), ([0xff], "is not valid: the text is not UTF-8"),
      ([UInt8](repeating: 0x20, count: 1 << 20 + 1), "cannot be had: it has more than 1048576 bytes"),
    ] {
      let message = try message(bytes)
      #expect(
        message?.hasPrefix("The service config in '\(path)' ") == true && message?.contains(why) == true,
        "\(message ?? "")")
    }
    for (path, why) in [
      ("/nowhere/at/all", "it does not exist"), ("/", "it is a directory"),
      ("/dev/zero", "it is no regular file"),
    ] {
      let error = setupError { try ServiceConfig(file: path) }
      #expect(error?.message == "The service config in '\(path)' cannot be had: \(why)")
      #expect(error?.code == .invalidConfiguration)
    }
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
    (retry(#""maxAttempts": 3, "backoffMultiplier": "1e999""#), "backoffMultiplier: is a string"),
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
}
