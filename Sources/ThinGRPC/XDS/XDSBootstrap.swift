internal import GRPCRuntime
internal import ThinGRPCJSON

/// Where the xDS control plane is, and as whom this process asks it: gRPC's bootstrap (gRFC A27).
///
/// Checked when it is made, for the core tells of a mistake only in its log, if it does not end the process. See <doc:XDS>.
public struct XDSBootstrap: Hashable, Sendable {
  /// The bootstrap as the core gets it.
  public let json: String
  /// Where it is from, for messages.
  let source: String
  /// Whether it says how the Listeners of servers are named.
  let namesServerListeners: Bool

  /// The largest bootstrap, in bytes.
  private static let mostByteCount = 1 << 20

  /// A bootstrap in JSON, in the form that all gRPC libraries take.
  ///
  /// What is not known is ignored, as it is elsewhere. Of several `xds_servers`, this core uses the first.
  ///
  /// - Parameter json: at most 1 MiB.
  /// - Throws: `SetupError` with `invalidConfiguration` that says what is wrong at which place, such as
  ///   `xds_servers[0].server_uri`.
  public init(json: String) throws(SetupError) {
    try self.init(json: json, from: "The xDS bootstrap")
  }

  /// A bootstrap in a file, which is read now.
  ///
  /// - Parameter path: a file of at most 1 MiB with JSON.
  /// - Throws: `SetupError` with `invalidConfiguration` that names the file, and says what is wrong at which place.
  public init(file path: String) throws(SetupError) {
    try self.init(file: path, note: "")
  }

  /// A bootstrap of what every one has.
  ///
  /// - Parameters:
  ///   - controlPlane: where the control plane is, as gRPC names it: `host:port`, `dns:///host:port`, `unix:path`.
  ///   - credentials: how the connection to it is secured.
  ///   - node: as whom to ask.
  ///   - serverListenerNameTemplate: what the Listener of a server's address is called, such as
  ///     `grpc/server?xds.resource.listening_address=%s`; `%s` stands for the address. Servers need it.
  /// - Throws: `SetupError` with `invalidConfiguration` if the control plane's place is none.
  public init(
    controlPlane: String, credentials: ControlPlaneCredentials, node: Node,
    serverListenerNameTemplate: String? = nil
  ) throws(SetupError) {
    let server = JSONValue.object(
      ("server_uri", .string(controlPlane)),
      ("channel_creds", .array([.object(("type", .string(credentials.type)))])))
    try self.init(
      json: JSONValue.object(
        ("xds_servers", .array([server])), ("node", node.json),
        ("server_listener_resource_name_template", serverListenerNameTemplate.map { .string($0) })
      ).text)
  }

  /// The bootstrap that the environment has: in the file that `GRPC_XDS_BOOTSTRAP` names, or else in
  /// `GRPC_XDS_BOOTSTRAP_CONFIG` itself.
  ///
  /// - Throws: `SetupError` with `invalidConfiguration` if neither is set, or what is there is none.
  static func environment(
    _ variable: (String) -> String? = EnvironmentVariable.value
  ) throws(SetupError) -> XDSBootstrap {
    if let path = variable(XDSClient.bootstrapFileVariable) {
      return try XDSBootstrap(file: path, note: ", which \(XDSClient.bootstrapFileVariable) names,")
    }
    if let json = variable(XDSClient.bootstrapVariable) {
      return try XDSBootstrap(json: json, from: "The xDS bootstrap in \(XDSClient.bootstrapVariable)")
    }
    throw SetupError(
      .invalidConfiguration,
      "There is no xDS bootstrap: neither is one given, nor is \(XDSClient.bootstrapFileVariable) (a file) or "
        + "\(XDSClient.bootstrapVariable) (JSON) set in the environment")
  }

  private init(file path: String, note: String) throws(SetupError) {
    let source = "The xDS bootstrap in \(path)\(note)"
    switch FileContents(of: path, mostByteCount: Self.mostByteCount) {
    case .unreadable(let reason):
      throw SetupError(.invalidConfiguration, "\(source) cannot be had: \(reason)")
    case .bytes(let bytes):
      guard let json = String(validating: bytes, as: UTF8.self) else {
        throw SetupError(.invalidConfiguration, "\(source) is not valid: it is not UTF-8")
      }
      try self.init(json: json, from: source)
    }
  }

  private init(json: String, from source: String) throws(SetupError) {
    self.json = json
    self.source = source
    do throws(JSONError) {
      if json.utf8.count > Self.mostByteCount {
        throw JSONError("", "it has more than \(Self.mostByteCount) bytes")
      }
      let rules = XDSBootstrapRules(try JSONValue(reading: Array(json.utf8), deepest: 64))
      try rules.check()
      namesServerListeners = try rules.namesServerListeners
    } catch {
      throw SetupError(.invalidConfiguration, "\(source) is not valid: \(error)")
    }
  }

  /// How the connection to a control plane is secured: what this core has for it.
  public struct ControlPlaneCredentials: Hashable, Sendable {
    let type: String

    /// No encryption: for a control plane on the same machine, or one that is reached through a proxy there.
    public static let insecure = ControlPlaneCredentials(type: "insecure")
    /// Google's application default credentials.
    public static let googleDefault = ControlPlaneCredentials(type: "google_default")
  }

  /// As whom a process asks a control plane: Envoy's `Node`.
  public struct Node: Hashable, Sendable {
    /// The node's own name, by which many control planes choose what to send.
    public var id: String
    /// The name of the group that the node belongs to; empty for none.
    public var cluster: String
    /// Where the node runs; empty texts where nothing is said.
    public var region = ""
    /// The zone of the region.
    public var zone = ""
    /// The part of the zone.
    public var subZone = ""

    /// Makes a node.
    public init(id: String, cluster: String = "") {
      self.id = id
      self.cluster = cluster
    }

    fileprivate var json: JSONValue {
      .object(
        ("id", .string(id)), ("cluster", .string(cluster)),
        (
          "locality",
          .object(("region", .string(region)), ("zone", .string(zone)), ("sub_zone", .string(subZone)))
        ))
    }
  }
}
