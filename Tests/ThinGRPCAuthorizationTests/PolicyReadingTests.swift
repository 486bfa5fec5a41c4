import Testing

@testable import ThinGRPCAuthorization

@Suite("Reading a policy")
struct PolicyReadingTests {
  @Test(
    "A policy that is right is taken",
    arguments: [
      #"{"name":"p","allow_rules":[]}"#,
      #"{"name":"p","deny_rules":[],"allow_rules":[{"name":"all"}]}"#,
      #"{"name":"p","allow_rules":[{"name":"all","source":{},"request":{}}]}"#,
      #"{"name":"p","allow_rules":[{"name":"all","source":{"principals":[]},"request":{"paths":[],"headers":[]}}]}"#,
      #"{"name":"p","allow_rules":[{"name":"a"},{"name":"b"}],"deny_rules":[{"name":"a"}]}"#,
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"X-Role","values":["", "*", "a*", "*a", "a*a"]}]}}]}"#,
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"trace-bin","values":["*"]}]}}]}"#,
      #"{"name":"p","allow_rules":[],"audit_logging_options":{"audit_condition":"ON_DENY_AND_ALLOW","audit_loggers":[{"name":"stdout_logger","config":{},"is_optional":false},{"name":"other","is_optional":true}]}}"#,
      " \t\r\n{ \"name\" : \"p\" , \"allow_rules\" : [ ] } \n",
      #"{"n\u0061me":"\ud83d\ude00","allow_rules":[]}"#,
    ])
  func taken(json: String) throws {
    _ = try AuthorizationPolicy(json: json)
  }

  /// What is refused, and how.
  static let refusals: [(String, String)] = [
    ("[]", "must be an object, not an array"),
    ("null", "must be an object, not null"),
    ("{}", "name: is missing"),
    (#"{"name":1,"allow_rules":[]}"#, "name: must be a string, not a number"),
    (#"{"name":"","allow_rules":[]}"#, "name: must not be empty"),
    (#"{"name":"p"}"#, "allow_rules: is missing"),
    (#"{"name":"p","allow_rules":{}}"#, "allow_rules: must be an array, not an object"),
    (#"{"name":"p","allow_rules":null}"#, "allow_rules: must be an array, not null"),
    (#"{"name":"p","allow_rules":[],"deny_rules":"x"}"#, "deny_rules: must be an array, not a string"),
    (
      #"{"name":"p","allow_rules":[],"denyRules":[]}"#,
      "denyRules: is not known; known are allow_rules, audit_logging_options, deny_rules, name"
    ),
    (#"{"name":"p","allow_rules":[1]}"#, "allow_rules[0]: must be an object, not a number"),
    (#"{"name":"p","allow_rules":[{}]}"#, "allow_rules[0].name: is missing"),
    (#"{"name":"p","allow_rules":[{"name":""}]}"#, "allow_rules[0].name: must not be empty"),
    (#"{"name":"p","allow_rules":[{"name":true}]}"#, "allow_rules[0].name: must be a string, not a boolean"),
    (
      #"{"name":"p","allow_rules":[],"deny_rules":[{"name":"a"},{"name":"a"}]}"#,
      "deny_rules[1].name: another rule of deny_rules has this name already"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","action":"ALLOW"}]}"#,
      "allow_rules[0].action: is not known; known are name, request, source"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":[]}]}"#,
      "allow_rules[0].source: must be an object, not an array"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":null}]}"#,
      "allow_rules[0].source: must be an object, not null"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":{"principal":[]}}]}"#,
      "allow_rules[0].source.principal: is not known; known are principals"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":{"principals":"*"}}]}"#,
      "allow_rules[0].source.principals: must be an array, not a string"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":{"principals":["x",1]}}]}"#,
      "allow_rules[0].source.principals[1]: must be a string, not a number"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":{"principals":[""]}}]}"#,
      "allow_rules[0].source.principals[0]: must not be empty: it would match nothing that has a name"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":7}]}"#,
      "allow_rules[0].request: must be an object, not a number"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"path":[]}}]}"#,
      "allow_rules[0].request.path: is not known; known are headers, paths"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"paths":[[]]}}]}"#,
      "allow_rules[0].request.paths[0]: must be a string, not an array"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":{}}}]}"#,
      "allow_rules[0].request.headers: must be an array, not an object"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"values":["x"]}]}}]}"#,
      "allow_rules[0].request.headers[0].key: is missing"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"x"}]}}]}"#,
      "allow_rules[0].request.headers[0].values: is missing"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"x","values":[]}]}}]}"#,
      "allow_rules[0].request.headers[0].values: must not be empty"
    ),
    (
      #"{"name":"p","allow_rules":[{"name":"a","request":{"headers":[{"key":"x","values":[null]}]}}]}"#,
      "allow_rules[0].request.headers[0].values[0]: must be a string, not null"
    ),
    (
      #"{"name":"p","allow_rules":[],"audit_logging_options":{"audit_condition":"ALWAYS"}}"#,
      "audit_logging_options.audit_condition: must be NONE, ON_DENY, ON_ALLOW or ON_DENY_AND_ALLOW"
    ),
    (
      #"{"name":"p","allow_rules":[],"audit_logging_options":{"audit_loggers":[{"name":"splunk"}]}}"#,
      "audit_logging_options.audit_loggers[0].name: the only logger is stdout_logger, which is the interceptor's audit log"
    ),
    // What is not JSON, or not in one sense alone.
    ("", "line 1, column 1: the text ends where a value should be"),
    (
      "{\"name\":\"p\",\n  \"allow_rules\":[],}",
      "line 2, column 20: a name in quotation marks should be here"
    ),
    (#"{"name":"p","allow_rules":[{"name":"a"},]}"#, "line 1, column 41: there is no value here"),
    (#"{"name":"p","allow_rules":["#, "line 1, column 28: the text ends where a value should be"),
    (#"{"name":"p","allow_rules":[]"#, "line 1, column 29: a comma or the object's end should be here"),
    (#"{"name":"p","allow_rules":[]} {}"#, "line 1, column 31: there is more after the end of the JSON"),
    (#"{"name":"p","allow_rules":[],"name":"q"}"#, "name: is there twice"),
    (
      #"{"name":"p","allow_rules":[{"name":"a","source":{"principals":["x"],"principals":["*"]}}]}"#,
      "allow_rules[0].source.principals: is there twice"
    ),
    (
      #"{"name":"p","allow_rules":[],"deny_rules":[{"name":"a"}],"deny_r\u0075les":[]}"#,
      "deny_rules: is there twice"
    ),
    (#"{name:"p"}"#, "line 1, column 2: a name in quotation marks should be here"),
    (#"{"name":'p'}"#, "line 1, column 9: there is no value here"),
    (#"{"name":"p" "allow_rules":[]}"#, "line 1, column 13: a comma or the object's end should be here"),
    (#"// policy"#, "line 1, column 1: there is no value here"),
    (#"{"name":"a\qb"}"#, "line 1, column 12: there is no such escape"),
    (#"{"name":"\ud800","allow_rules":[]}"#, "line 1, column 16: half of a surrogate pair is no character"),
    (#"{"name":"\u12g4"}"#, "line 1, column 14: four hexadecimal digits should be here"),
    ("{\"name\":\"a\tb\"}", "line 1, column 11: a control character in a string must be escaped"),
    (#"{"name":NaN}"#, "line 1, column 9: there is no value here"),
    (#"{"name":01}"#, "line 1, column 10: a comma or the object's end should be here"),
    (#"{"name":1e999}"#, "line 1, column 14: the number is too large"),
    (#"{"name":tru}"#, "line 1, column 12: there is no value here"),
    ("\u{FEFF}{}", "line 1, column 1: a byte order mark is no JSON"),
    (
      #"{"name":"p","allow_rules":"# + String(repeating: "[", count: 100_000),
      "line 1, column 58: more than 32 arrays and objects are inside each other"
    ),
  ]

  @Test("A policy that is wrong is refused, and the error says where", arguments: refusals)
  func refused(json: String, message: String) {
    let error = #expect(throws: AuthorizationPolicyError.self) { try AuthorizationPolicy(json: json) }
    #expect(error?.message == message)
  }

  @Test("Text that is not UTF-8 is refused")
  func notUTF8() {
    let json = Array(#"{"name":""#.utf8) + [0xC3, 0x28] + Array(#"","allow_rules":[]}"#.utf8)
    let error = #expect(throws: AuthorizationPolicyError.self) { try AuthorizationPolicy(json: json) }
    #expect(error?.message == "the text is not UTF-8")
  }

  @Test(
    "Headers that a policy may not look at, or could never see, are refused, in whatever case",
    arguments: [
      (":path", "a policy may not look at this header"),
      (":authority", "a policy may not look at this header"),
      ("host", "a policy may not look at this header"), ("HOST", "a policy may not look at this header"),
      ("grpc-timeout", "a policy may not look at this header"),
      ("Grpc-Status", "a policy may not look at this header"),
      ("GRPC-x", "a policy may not look at this header"),
      ("connection", "a policy may not look at this header"),
      ("Keep-Alive", "a policy may not look at this header"),
      ("proxy-authenticate", "a policy may not look at this header"),
      ("proxy-authorization", "a policy may not look at this header"),
      ("TE", "a policy may not look at this header"), ("trailer", "a policy may not look at this header"),
      ("transfer-encoding", "a policy may not look at this header"),
      ("Upgrade", "a policy may not look at this header"),
      ("content-type", "the server does not get to see this header"), ("x y", "no header can have this name"),
      ("x:y", "no header can have this name"), ("rôle", "no header can have this name"),
      ("x-rol\u{212A}", "no header can have this name"), ("x\n", "no header can have this name"),
    ])
  func headers(key: String, problem: String) {
    let json =
      #"{"name":"p","allow_rules":[],"deny_rules":[{"name":"a","request":{"headers":[{"key":\#(escaped(key)),"values":["*"]}]}}]}"#
    let error = #expect(throws: AuthorizationPolicyError.self) { try AuthorizationPolicy(json: json) }
    #expect(error?.message == "deny_rules[0].request.headers[0].key: \(problem)")
  }

  private func escaped(_ text: String) -> String {
    "\"\(text.replacing("\n", with: "\\n"))\""
  }

  @Test("A policy of many thousand rules is read, and refused when it is cut anywhere")
  func large() throws {
    let rules = (0..<5_000).map { #"{"name":"r\#($0)","request":{"paths":["/a.B/M\#($0)"]}}"# }
    let json = #"{"name":"p","allow_rules":[\#(rules.joined(separator: ","))]}"#
    #expect(try AuthorizationPolicy(json: json).allowRules.count == 5_000)
    let small = Array(#"{"name":"p","allow_rules":[{"name":"a","source":{"principals":["x*"]}}]}"#.utf8)
    for length in 0..<small.count {
      #expect(throws: AuthorizationPolicyError.self) { try AuthorizationPolicy(json: small[..<length]) }
    }
  }
}
