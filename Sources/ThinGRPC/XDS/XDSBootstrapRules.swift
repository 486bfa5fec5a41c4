internal import ThinGRPCJSON

/// What a bootstrap must have for this core to take it: `grpc_core::GrpcXdsBootstrap` and what it is made of, and what that leaves out.
///
/// The core takes a bootstrap whose list of servers is empty, and reads beyond its end.
struct XDSBootstrapRules {
  private let root: Part

  private static let serverTemplate = "server_listener_resource_name_template"

  init(_ value: JSONValue) {
    root = Part(value, at: "")
  }

  /// - Throws: `JSONError` with the place of what is wrong.
  func check() throws(JSONError) {
    try root.checkIsObject()
    try checkServers(root.required("xds_servers"), mayBeEmpty: false)
    if let node = try root.member("node"), node.value != .null { try check(node: node) }
    if let providers = try root.member("certificate_providers") {
      for (_, provider) in try providers.members() { try check(provider: provider) }
    }
    for name in [Self.serverTemplate, "client_default_listener_resource_name_template"] {
      _ = try root.member(name)?.text()
    }
    if let authorities = try root.member("authorities") {
      for (name, authority) in try authorities.members() { try check(authority: authority, name: name) }
    }
  }

  /// Whether it says how the Listeners of servers are named.
  var namesServerListeners: Bool {
    get throws(JSONError) { try root.member(Self.serverTemplate)?.text().isEmpty == false }
  }

  private func checkServers(_ servers: Part, mayBeEmpty: Bool) throws(JSONError) {
    let elements = try servers.elements()
    if elements.isEmpty, !mayBeEmpty { throw servers.error("must not be empty") }
    for server in elements {
      try check(uri: server.required("server_uri"))
      try checkCredentials(server.required("channel_creds"))
      _ = try server.member("server_features")?.elements()
    }
  }

  private func check(uri: Part) throws(JSONError) {
    let text = try uri.text()
    let address: Address
    do throws(SetupError) {
      address = try Address(text, for: .connecting)
    } catch {
      throw uri.error(error.message)
    }
    if address.isConfiguredByXDS { throw uri.error("must not itself be an address of xDS") }
  }

  private func checkCredentials(_ credentials: Part) throws(JSONError) {
    var types: [String] = []
    for one in try credentials.elements() {
      types.append(try one.required("type").text())
      if let configuration = try one.member("config") { try configuration.checkIsObject() }
    }
    // The core takes the first type that it knows. It knows "fake" too, which only looks like security.
    let known = ["insecure", "google_default", "fake"]
    guard let used = types.first(where: known.contains), used != "fake" else {
      throw credentials.error("must have the type insecure or google_default, which are those of this core")
    }
  }

  private func check(node: Part) throws(JSONError) {
    for name in ["id", "cluster"] { _ = try node.member(name)?.text() }
    if let locality = try node.member("locality") {
      for name in ["region", "zone", "sub_zone"] { _ = try locality.member(name)?.text() }
    }
    if let metadata = try node.member("metadata") { try metadata.checkIsObject() }
  }

  /// Certificates come from files: the core has no other provider.
  private func check(provider: Part) throws(JSONError) {
    let name = try provider.required("plugin_name")
    guard try name.text() == "file_watcher" else {
      throw name.error("must be file_watcher, which is the one that this core has")
    }
    guard let configuration = try provider.member("config") else {
      throw provider.error("has no config, which says where the files are")
    }
    let certificate = try configuration.member("certificate_file")?.text() ?? ""
    let key = try configuration.member("private_key_file")?.text() ?? ""
    let authorities = try configuration.member("ca_certificate_file")?.text() ?? ""
    if certificate.isEmpty != key.isEmpty {
      throw configuration.error("must have both of certificate_file and private_key_file, or neither")
    }
    if certificate.isEmpty, authorities.isEmpty {
      throw configuration.error("must have certificate_file or ca_certificate_file")
    }
    guard let interval = try configuration.member("refresh_interval") else { return }
    let text = try interval.text()
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    let isDuration =
      text.hasSuffix("s") && (1...2).contains(parts.count)
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
    // The core counts whole seconds, and would look without end where there are none.
    guard isDuration, let seconds = Int(parts[0]), (1...315_576_000_000).contains(seconds) else {
      throw interval.error("must be a time of a second or more, such as \"600s\"")
    }
  }

  private func check(authority: Part, name: String) throws(JSONError) {
    if let servers = try authority.member("xds_servers") { try checkServers(servers, mayBeEmpty: true) }
    guard let template = try authority.member("client_listener_resource_name_template") else { return }
    let text = try template.text()
    if !text.isEmpty, !text.hasPrefix("xdstp://\(name)/") {
      throw template.error("must begin with xdstp://\(name)/")
    }
  }
}

/// A value in a bootstrap, with the way to it.
private struct Part {
  let value: JSONValue
  private let place: String

  init(_ value: JSONValue, at place: String) {
    self.value = value
    self.place = place
  }

  func error(_ problem: String) -> JSONError { JSONError(place, problem) }

  func checkIsObject() throws(JSONError) { _ = try object() }

  func member(_ name: String) throws(JSONError) -> Part? {
    guard let value = try object()[name] else { return nil }
    return Part(value, at: place.isEmpty ? name : "\(place).\(name)")
  }

  func required(_ name: String) throws(JSONError) -> Part {
    guard let part = try member(name) else { throw error("\(name) is missing") }
    return part
  }

  /// The members in the order of their names.
  func members() throws(JSONError) -> [(name: String, part: Part)] {
    try object().sorted { $0.key < $1.key }.map { ($0.key, Part($0.value, at: "\(place).\($0.key)")) }
  }

  func elements() throws(JSONError) -> [Part] {
    guard case .array(let elements) = value else { throw error("must be an array, not \(value.kind)") }
    return elements.enumerated().map { Part($0.element, at: "\(place)[\($0.offset)]") }
  }

  func text() throws(JSONError) -> String {
    guard case .string(let text) = value else { throw error("must be a string, not \(value.kind)") }
    return text
  }

  private func object() throws(JSONError) -> [String: JSONValue] {
    guard case .object(let members) = value else { throw error("must be an object, not \(value.kind)") }
    return members
  }
}
