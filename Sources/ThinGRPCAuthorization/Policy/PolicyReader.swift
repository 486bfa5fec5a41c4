internal import ThinGRPCJSON

/// Makes a policy of its JSON, as gRPC's `rbac_translator.cc` does, and stricter than that.
enum PolicyReader {
  static func read(_ json: JSONValue) throws(JSONError) -> AuthorizationPolicy {
    let policy = try JSONObject(
      json, at: "", known: ["name", "deny_rules", "allow_rules", "audit_logging_options"])
    let name = try policy.text("name")
    let denyRules = try rules("deny_rules", of: policy)
    guard let allowRules = try rules("allow_rules", of: policy) else {
      throw JSONError("allow_rules", "is missing")
    }
    return AuthorizationPolicy(
      name: name, denyRules: denyRules ?? [], allowRules: allowRules,
      audited: try audited(policy))
  }

  private static func rules(_ name: String, of policy: JSONObject) throws(JSONError) -> [AuthorizationRule]? {
    guard let elements = try policy.array(name) else { return nil }
    var rules: [AuthorizationRule] = []
    for (value, place) in elements {
      let rule = try rule(value, at: place)
      // The core keeps the last rule of a name and says nothing: a rule that denies would be lost.
      if rules.contains(where: { $0.name == rule.name }) {
        throw JSONError("\(place).name", "another rule of \(name) has this name already")
      }
      rules.append(rule)
    }
    return rules
  }

  private static func rule(_ value: JSONValue, at place: String) throws(JSONError) -> AuthorizationRule {
    let rule = try JSONObject(value, at: place, known: ["name", "source", "request"])
    let name = try rule.text("name")
    let source = try rule.object("source", known: ["principals"])
    let request = try rule.object("request", known: ["paths", "headers"])
    return AuthorizationRule(
      name: name,
      principals: try patterns(source?.texts("principals")),
      paths: try patterns(request?.texts("paths")),
      headers: try headers(request))
  }

  private static func patterns(_ texts: [(text: String, place: String)]?) throws(JSONError) -> [TextPattern] {
    var patterns: [TextPattern] = []
    for (text, place) in texts ?? [] {
      if text.isEmpty { throw JSONError(place, "must not be empty: it would match nothing that has a name") }
      patterns.append(TextPattern(text))
    }
    return patterns
  }

  private static func headers(_ request: JSONObject?) throws(JSONError) -> [HeaderPattern] {
    guard let request, let elements = try request.array("headers") else { return [] }
    var headers: [HeaderPattern] = []
    for (value, place) in elements {
      let header = try JSONObject(value, at: place, known: ["key", "values"])
      let key = HeaderKey.lowercased(try header.text("key"))
      if let problem = HeaderKey.problem(key) { throw JSONError(header.place(of: "key"), problem) }
      guard let values = try header.texts("values") else {
        throw JSONError(header.place(of: "values"), "is missing")
      }
      if values.isEmpty { throw JSONError(header.place(of: "values"), "must not be empty") }
      // An empty value is one that a header can have.
      headers.append(HeaderPattern(key: key, values: values.map { TextPattern($0.text) }))
    }
    return headers
  }

  /// `audit_logging_options` of gRFC A59. The loggers that it can name are the one of the interceptor, by gRPC's name of it.
  private static func audited(_ policy: JSONObject) throws(JSONError) -> AuditedDecisions? {
    guard
      let options = try policy.object("audit_logging_options", known: ["audit_condition", "audit_loggers"])
    else { return nil }
    for (value, place) in try options.array("audit_loggers") ?? [] {
      let logger = try JSONObject(value, at: place, known: ["name", "config", "is_optional"])
      let name = try logger.text("name")
      var isOptional = false
      switch logger["is_optional"] {
      case nil: break
      case .bool(let value): isOptional = value
      case let other?:
        throw JSONError(logger.place(of: "is_optional"), "must be a boolean, not \(other.kind)")
      }
      if name != "stdout_logger", !isOptional {
        throw JSONError(
          logger.place(of: "name"), "the only logger is stdout_logger, which is the interceptor's audit log")
      }
    }
    guard options["audit_condition"] != nil else { return nil }
    let condition = try options.text("audit_condition")
    switch condition {
    case "NONE": return AuditedDecisions.none
    case "ON_DENY": return .refusals
    case "ON_ALLOW": return .permissions
    case "ON_DENY_AND_ALLOW": return .all
    default:
      throw JSONError(
        options.place(of: "audit_condition"), "must be NONE, ON_DENY, ON_ALLOW or ON_DENY_AND_ALLOW")
    }
  }
}
