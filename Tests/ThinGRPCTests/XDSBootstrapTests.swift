import Testing

@testable import ThinGRPC

@Suite struct XDSBootstrapTests {
  private static let server = #"{"server_uri":"127.0.0.1:1","channel_creds":[{"type":"insecure"}]}"#

  @Test(
    arguments: [
      #"{"xds_servers":[\#(server)]}"#,
      #"{"xds_servers":[\#(server),\#(server)],"unknown":1}"#,
      #"{"xds_servers":[{"server_uri":"unix:/run/ads.sock","channel_creds":[{"type":"tls"},{"type":"google_default","config":{}}],"server_features":["xds_v3","ignore_resource_deletion",1]}],"node":{"id":"a","cluster":"b","locality":{"region":"r","zone":"z","sub_zone":"s"},"metadata":{"n":1}}}"#,
      #"{"xds_servers":[\#(server)],"node":null}"#,
      #"{"xds_servers":[\#(server)],"certificate_providers":{"files":{"plugin_name":"file_watcher","config":{"certificate_file":"/a","private_key_file":"/b","refresh_interval":"1.5s"}}}}"#,
      #"{"xds_servers":[\#(server)],"authorities":{"a":{},"b":{"xds_servers":[],"client_listener_resource_name_template":"xdstp://b/l/%s"}}}"#,
    ])
  func `a bootstrap that the core takes is taken`(json: String) throws {
    let bootstrap = try XDSBootstrap(json: json)
    #expect(bootstrap.json == json)
    #expect(!bootstrap.namesServerListeners)
  }

  @Test(
    arguments: [
      ("", "line 1, column 1: the text ends where a value should be"),
      ("[]", "is an array, and not an object"),
      ("{}", "xds_servers: is missing"),
      (#"{"xds_servers":{}}"#, "xds_servers: is an object, and not an array"),
      (#"{"xds_servers":[]}"#, "xds_servers: is empty"),
      (#"{"xds_servers":["a"]}"#, "xds_servers[0]: is a string, and not an object"),
      (#"{"xds_servers":[{}]}"#, "xds_servers[0].server_uri: is missing"),
      (#"{"xds_servers":[{"server_uri":1}]}"#, "xds_servers[0].server_uri: is a number, and not a string"),
      (
        #"{"xds_servers":[{"server_uri":"127.0.0.1:99999","channel_creds":[]}]}"#,
        "xds_servers[0].server_uri: '127.0.0.1:99999' is no address to connect to: the port is a number from 1 to 65535, and not '99999'"
      ),
      (
        #"{"xds_servers":[{"server_uri":"xds:///ads","channel_creds":[]}]}"#,
        "xds_servers[0].server_uri: is itself an address of xDS"
      ),
      (#"{"xds_servers":[{"server_uri":"a:1"}]}"#, "xds_servers[0].channel_creds: is missing"),
      (
        #"{"xds_servers":[\#(server),{"server_uri":"a:1","channel_creds":[{"type":"tls"}]}]}"#,
        "xds_servers[1].channel_creds: has no type that this core can use: insecure or google_default"
      ),
      (
        #"{"xds_servers":[{"server_uri":"a:1","channel_creds":[{"type":"fake"},{"type":"insecure"}]}]}"#,
        "xds_servers[0].channel_creds: has no type that this core can use: insecure or google_default"
      ),
      (
        #"{"xds_servers":[{"server_uri":"a:1","channel_creds":[{}]}]}"#,
        "xds_servers[0].channel_creds[0].type: is missing"
      ),
      (
        #"{"xds_servers":[{"server_uri":"a:1","channel_creds":[{"type":"insecure","config":[]}]}]}"#,
        "xds_servers[0].channel_creds[0].config: is an array, and not an object"
      ),
      (
        #"{"xds_servers":[\#(server)],"certificate_providers":null}"#,
        "certificate_providers: is null, and not an object"
      ),
      ("\u{feff}{}", "line 1, column 1: a byte order mark is no JSON"),
      (#"{"xds_servers":[\#(server)],"node":7}"#, "node: is a number, and not an object"),
      (
        #"{"xds_servers":[\#(server)],"node":{"locality":{"zone":[]}}}"#,
        "node.locality.zone: is an array, and not a string"
      ),
      (
        #"{"xds_servers":[\#(server)],"node":{"metadata":"m"}}"#,
        "node.metadata: is a string, and not an object"
      ),
      (
        #"{"xds_servers":[\#(server)],"certificate_providers":{"a":{"plugin_name":"mesh_ca"}}}"#,
        "certificate_providers.a.plugin_name: is not file_watcher, which is the one that this core has"
      ),
      (
        #"{"xds_servers":[\#(server)],"certificate_providers":{"a":{"plugin_name":"file_watcher","config":{"certificate_file":"/a"}}}}"#,
        "certificate_providers.a.config: has one of certificate_file and private_key_file, and not the other"
      ),
      (
        #"{"xds_servers":[\#(server)],"certificate_providers":{"a":{"plugin_name":"file_watcher","config":{"ca_certificate_file":"/a","refresh_interval":"0.5s"}}}}"#,
        "certificate_providers.a.config.refresh_interval: is less than a second"
      ),
      (
        #"{"xds_servers":[\#(server)],"server_listener_resource_name_template":{}}"#,
        "server_listener_resource_name_template: is an object, and not a string"
      ),
      (
        #"{"xds_servers":[\#(server)],"authorities":{"a":{"client_listener_resource_name_template":"xdstp://b/%s"}}}"#,
        "authorities.a.client_listener_resource_name_template: does not begin with xdstp://a/"
      ),
      (
        #"{"xds_servers":[\#(server)],"node":{"id":"a","id":"b"}}"#,
        "node.id: is there twice"
      ),
      (#"{"xds_servers":[\#(server)]} x"#, "there is more after the end of the JSON"),
    ])
  func `a bootstrap that is none is refused at its place`(json: String, problem: String) {
    let error = setupError { try XDSBootstrap(json: json) }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.hasPrefix("The xDS bootstrap is not valid: ") == true)
    #expect(error?.message.hasSuffix(problem) == true, "\(error?.message ?? "")")
  }

  @Test func `a bootstrap of typed values is JSON`() throws {
    var node = XDSBootstrap.Node(id: "say \"hi\"\n", cluster: "c\\d")
    node.zone = "z"
    let bootstrap = try XDSBootstrap(
      controlPlane: "unix:/run/ads.sock", credentials: .insecure, node: node,
      serverListenerNameTemplate: "server/%s")
    #expect(
      bootstrap.json
        == #"{"xds_servers":[{"server_uri":"unix:/run/ads.sock","channel_creds":[{"type":"insecure"}]}],"#
        + #""node":{"id":"say \"hi\"\u000a","cluster":"c\\d","locality":{"region":"","zone":"z","sub_zone":""}},"#
        + #""server_listener_resource_name_template":"server/%s"}"#)
    #expect(bootstrap.namesServerListeners)
    let error = setupError {
      try XDSBootstrap(controlPlane: "nowhere:0", credentials: .googleDefault, node: node)
    }
    #expect(error?.message.contains("xds_servers[0].server_uri: 'nowhere:0'") == true)
  }

  @Test func `the environment names a file, or has the bootstrap`() throws {
    let json = #"{"xds_servers":[\#(Self.server)]}"#
    let fromVariable = try XDSBootstrap.environment { $0 == "GRPC_XDS_BOOTSTRAP_CONFIG" ? json : nil }
    #expect(fromVariable.json == json)
    let missing = setupError { try XDSBootstrap.environment { _ in nil } }
    #expect(missing?.message.contains("neither is one given") == true)
    let nowhere = setupError { try XDSBootstrap.environment { _ in "/nowhere/at/all.json" } }
    #expect(
      nowhere?.message
        == "The xDS bootstrap in /nowhere/at/all.json, which GRPC_XDS_BOOTSTRAP names, cannot be had: it does not exist"
    )
    let damaged = setupError {
      try XDSBootstrap.environment { $0 == "GRPC_XDS_BOOTSTRAP_CONFIG" ? "{" : nil }
    }
    #expect(
      damaged?.message.hasPrefix(
        "The xDS bootstrap in GRPC_XDS_BOOTSTRAP_CONFIG is not valid: line 1, column 2: a name in quotation marks should be here"
      )
        == true)
  }

  @Test func `a bootstrap that is too large is not read`() {
    let error = setupError { try XDSBootstrap(json: String(repeating: " ", count: 1 << 20) + "{}") }
    #expect(error?.message == "The xDS bootstrap is not valid: it has more than 1048576 bytes")
  }

  @Test func `a server with a bootstrap for clients says what is missing`() throws {
    var configuration = ServerConfiguration()
    let bootstrap = try XDSBootstrap(json: #"{"xds_servers":[\#(Self.server)]}"#)
    configuration.xds = XDSServerConfiguration(bootstrap: bootstrap) { _ in }
    let error = setupError {
      try Server(
        listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [], configuration: configuration)
    }
    #expect(error?.message.contains("has no server_listener_resource_name_template") == true)
  }

  /// Nobody is at the control plane's address: an address is taken at once all the same, and is told not to be served.
  @Test func `a server waits for its control plane`() async throws {
    let bootstrap = try XDSBootstrap(
      controlPlane: "127.0.0.1:1", credentials: .insecure, node: XDSBootstrap.Node(id: "test"),
      serverListenerNameTemplate: "%s")
    let (statuses, continuation) = AsyncStream<XDSServingStatus>.makeStream()
    var configuration = ServerConfiguration()
    configuration.xds = XDSServerConfiguration(bootstrap: bootstrap) { continuation.yield($0) }
    let server = try Server(
      listeningOn: ["127.0.0.1:0"], credentials: .xds(fallback: .insecure), services: [EchoService()],
      configuration: configuration)
    let second = setupError {
      try Server(
        listeningOn: server.addresses, credentials: .insecure, services: [], configuration: configuration)
    }
    #expect(second?.code == .addressInUse)
    let status = await statuses.first { _ in true }
    #expect(status?.address == server.addresses[0])
    #expect(status?.isServing == false)
    #expect(status?.problem?.code == .unavailable)
    await server.shutdown()
    // The port is free again.
    try await withEcho(address: server.addresses[0]) { client, _ in
      expectEqual(try await client.unary("hello"), "hello")
    }
  }
}
