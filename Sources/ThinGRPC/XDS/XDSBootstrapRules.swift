internal import ThinGRPCJSON

/// What a bootstrap must have for this core to take it: `grpc_core::GrpcXdsBootstrap` and what it is made of, and what that leaves out.
///
/// The core takes a bootstrap whose list of servers is empty, and reads beyond its end.
struct XDSBootstrapRules {
  private let root: JSONField

  private static let serverTemplate = "server_listener_resource_name_template"

  init(_ value: JSONValue) {
    root = JSONField(value: value, path: "")
  }

  /// - Throws: `JSONError` with the place of what is wrong.
  func check() throws(JSONError) {
    _ = try root.object()
    try checkServers(root.required("xds_servers"), mayBeEmpty: false)
    if let node = try root.member("node"), node.value != .null { try check(node: node) }
    if let providers = try root.member("certificate_providers") {
      for (_, provider) in try providers.members() { try check(provider: provider) }
    }
    for name in [Self.serverTemplate, "client_default_listener_resource_name_template"] {
      _ = try root.member(name)?.string()
    }
    if let authorities = try root.member("authorities") {
      for (name, authority) in try authorities.members() { try check(authority: authority, name: name) }
    }
  }

  /// Whether it says how the Listeners of servers are named.
  var namesServerListeners: Bool {
    get throws(JSONError) { try root.member(Self.serverTemplate)?.string().isEmpty == false }
  }

  private func checkServers(_ servers: JSONField, mayBeEmpty: Bool) throws(JSONError) {
    let elements = try servers.array()
    if elements.isEmpty, !mayBeEmpty { throw servers.problem("is empty") }
    for server in elements {
      try check(uri: server.required("server_uri"))
      try checkCredentials(server.required("channel_creds"))
      _ = try server.member("server_features")?.array()
    }
  }

  private func check(uri: JSONField) throws(JSONError) {
    let text = try uri.string()
    let address: Address
    do throws(SetupError) {
      address = try Address(text, for: .connecting)
    } catch {
      throw uri.problem(error.message)
    }
    if address.place == .controlPlane { throw uri.problem("is itself an address of xDS") }
  }

  private func checkCredentials(_ credentials: JSONField) throws(JSONError) {
    var types: [String] = []
    for one in try credentials.array() {
      types.append(try one.required("type").string())
      if let configuration = try one.member("config") { _ = try configuration.object() }
    }
    // The core takes the first type that it knows. It knows "fake" too, which only looks like security.
    let known = ["insecure", "google_default", "fake"]
    guard let used = types.first(where: known.contains), used != "fake" else {
      throw credentials.problem("has no type that this core can use: insecure or google_default")
    }
  }

  private func check(node: JSONField) throws(JSONError) {
    for name in ["id", "cluster"] { _ = try node.member(name)?.string() }
    if let locality = try node.member("locality") {
      for name in ["region", "zone", "sub_zone"] { _ = try locality.member(name)?.string() }
    }
    if let metadata = try node.member("metadata") { _ = try metadata.object() }
  }

  /// Certificates come from files: the core has no other provider.
  private func check(provider: JSONField) throws(JSONError) {
    let name = try provider.required("plugin_name")
    guard try name.string() == "file_watcher" else {
      throw name.problem("is not file_watcher, which is the one that this core has")
    }
    guard let configuration = try provider.member("config") else {
      throw provider.problem("has no config, which says where the files are")
    }
    let certificate = try configuration.member("certificate_file")?.string() ?? ""
    let key = try configuration.member("private_key_file")?.string() ?? ""
    let authorities = try configuration.member("ca_certificate_file")?.string() ?? ""
    if certificate.isEmpty != key.isEmpty {
      throw configuration.problem("has one of certificate_file and private_key_file, and not the other")
    }
    if certificate.isEmpty, authorities.isEmpty {
      throw configuration.problem("has neither certificate_file nor ca_certificate_file")
    }
    guard let interval = try configuration.member("refresh_interval") else { return }
    // The core counts whole seconds, and would look without end where there are none.
    if try interval.duration() < .seconds(1) { throw interval.problem("is less than a second") }
  }

  private func check(authority: JSONField, name: String) throws(JSONError) {
    if let servers = try authority.member("xds_servers") { try checkServers(servers, mayBeEmpty: true) }
    guard let template = try authority.member("client_listener_resource_name_template") else { return }
    let text = try template.string()
    if !text.isEmpty, !text.hasPrefix("xdstp://\(name)/") {
      throw template.problem("does not begin with xdstp://\(name)/")
    }
  }
}

extension JSONField {
  /// A member of an object. Null is a value here, which the core takes for none of its kinds.
  fileprivate func member(_ name: String) throws(JSONError) -> JSONField? {
    guard let member = try object().members.first(where: { $0.name == name }) else { return nil }
    return JSONField(value: member.value, path: JSONPath.of(name, in: path))
  }

  fileprivate func required(_ name: String) throws(JSONError) -> JSONField {
    guard let field = try member(name) else {
      throw JSONError(JSONPath.of(name, in: path), "is missing")
    }
    return field
  }

  fileprivate func members() throws(JSONError) -> [(name: String, field: JSONField)] {
    try object().members.map { ($0.name, JSONField(value: $0.value, path: JSONPath.of($0.name, in: path))) }
  }
}
