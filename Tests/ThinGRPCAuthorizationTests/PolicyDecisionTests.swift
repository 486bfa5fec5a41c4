import Testing

@testable import ThinGRPCAuthorization

/// A call as a policy sees it.
struct Call: CallFacts, CustomStringConvertible {
  var pathText: String
  var names: [String]
  var headers: [String: String]

  init(path: String = "/pkg.Service/Get", principals: [String] = [], headers: [String: String] = [:]) {
    (pathText, names, self.headers) = (path, principals, headers)
  }

  var path: [UInt8] { Array(pathText.utf8) }
  var principals: [[UInt8]] { names.map { Array($0.utf8) } }

  func headerValue(_ key: String) -> [UInt8]? { headers[key].map { Array($0.utf8) } }

  var description: String { "\(pathText) \(names) \(headers)" }
}

@Suite("What a policy decides")
struct PolicyDecisionTests {
  private func decide(_ call: Call, deny: String = "", allow: String = "") throws -> PolicyDecision {
    let json = #"{"name":"p","deny_rules":[\#(deny)],"allow_rules":[\#(allow)]}"#
    return try AuthorizationPolicy(json: json).decide(call)
  }

  @Test("Without a rule that matches, a call is refused")
  func denyByDefault() throws {
    #expect(try decide(Call()) == PolicyDecision(isAllowed: false, rule: nil))
    #expect(
      try decide(Call(), allow: #"{"name":"other","request":{"paths":["/x"]}}"#)
        == PolicyDecision(isAllowed: false, rule: nil))
  }

  @Test("A rule that denies goes before one that allows, and the first that matches is named")
  func order() throws {
    let everything = #"{"name":"everything"}"#
    #expect(try decide(Call(), allow: everything) == PolicyDecision(isAllowed: true, rule: "everything"))
    #expect(
      try decide(Call(), deny: #"{"name":"no","request":{"paths":["*"]}}"#, allow: everything)
        == PolicyDecision(isAllowed: false, rule: "no"))
    #expect(
      try decide(Call(), allow: #"{"name":"a","request":{"paths":["/x"]}},{"name":"b"},{"name":"c"}"#).rule
        == "b")
  }

  /// Pattern, text, whether it matches.
  static let patterns: [(String, String, Bool)] = [
    ("/pkg.Service/Get", "/pkg.Service/Get", true), ("/pkg.Service/Get", "/pkg.Service/GetUser", false),
    ("/pkg.Service/Get", "/pkg.service/get", false), ("/pkg.Service/Get", "pkg.Service/Get", false),
    ("/pkg.Service/Get", "/pkg.Service/Get/", false), ("/pkg.Service/Get", "//pkg.Service/Get", false),
    ("/pkg.Service/Get", "/pkg.Service/Get?x=1", false), ("/pkg.Service/Get", "/pkg.Service/%47et", false),
    ("/pkg.Service/*", "/pkg.Service/Get", true), ("/pkg.Service/*", "/pkg.Service/", true),
    ("/pkg.Service/*", "/pkg.ServiceX/Get", false), ("/pkg.Service*", "/pkg.ServiceX/Get", true),
    ("*/Get", "/pkg.Service/Get", true), ("*/Get", "/pkg.Service/get", false), ("*Get", "Get", true),
    ("*", "/anything", true), ("*", "", false), ("**", "x*", true), ("**", "x", false),
    ("*a*", "xa*", true), ("*a*", "xax", false), ("/a*b", "/a*b", true), ("/a*b", "/axb", false),
    ("/.+", "/x", false), ("/pkg.Service/Get", "/pkgxService/Get", false),
    // Alike to Unicode, and not the same: a letter with its accent in one character or two, and the sign of the unit Kelvin.
    ("caf\u{E9}", "cafe\u{301}", false), ("K", "\u{212A}", false), ("caf*", "caf\u{301}e", true),
    ("*\u{301}", "e\u{301}", true),
  ]

  @Test(
    "A path is compared byte for byte, with a star at its end, at its start, or alone", arguments: patterns)
  func paths(pattern: String, path: String, matches: Bool) throws {
    let rule = #"{"name":"r","request":{"paths":["/never","\#(pattern)"]}}"#
    #expect(try decide(Call(path: path), allow: rule).isAllowed == matches)
  }

  @Test("A principal is compared likewise", arguments: patterns)
  func principals(pattern: String, name: String, matches: Bool) throws {
    let rule = #"{"name":"r","source":{"principals":["never","\#(pattern)"]}}"#
    #expect(
      try decide(Call(principals: ["other", name]), allow: rule).isAllowed == (matches || pattern == "*"))
    #expect(try decide(Call(principals: name.isEmpty ? [] : [name]), allow: rule).isAllowed == matches)
  }

  @Test("Whoever is not known matches no principal, and a rule without principals all the same")
  func unknown() throws {
    for principal in ["*", "x", "x*", "*x"] {
      let rule = #"{"name":"r","source":{"principals":["\#(principal)"]}}"#
      #expect(try !decide(Call(), allow: rule).isAllowed)
    }
    #expect(try decide(Call(), allow: #"{"name":"r","source":{"principals":[]}}"#).isAllowed)
  }

  @Test("Of values one has to match, of headers all, and of the parts of a rule all")
  func combinations() throws {
    let rule = #"""
      {"name":"r","source":{"principals":["spiffe://a/*","CN=ada"]},
       "request":{"paths":["/p/*"],"headers":[{"key":"x-a","values":["1","2"]},{"key":"X-B","values":["*"]}]}}
      """#
    let right = Call(path: "/p/m", principals: ["CN=ada"], headers: ["x-a": "2", "x-b": "any"])
    #expect(try decide(right, allow: rule).isAllowed)
    var wrong: [Call] = []
    for change: (inout Call) -> Void in [
      { $0.pathText = "/q/m" }, { $0.names = ["CN=eve"] }, { $0.names = [] },
      { $0.headers["x-a"] = "3" }, { $0.headers["x-a"] = nil }, { $0.headers["x-a"] = "1,2" },
      { $0.headers["x-b"] = nil }, { $0.headers["x-b"] = "" },
    ] {
      var call = right
      change(&call)
      wrong.append(call)
    }
    for call in wrong { #expect(try !decide(call, allow: rule).isAllowed, "\(call)") }
  }

  @Test("An empty value of a header is matched by an empty value alone")
  func emptyHeader() throws {
    let rule = #"{"name":"r","request":{"headers":[{"key":"x","values":[""]}]}}"#
    #expect(try decide(Call(headers: ["x": ""]), allow: rule).isAllowed)
    #expect(try !decide(Call(headers: ["x": "a"]), allow: rule).isAllowed)
    #expect(try !decide(Call(), allow: rule).isAllowed)
  }
}
