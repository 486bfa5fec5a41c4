import Foundation
import Testing
import ThinGRPC

/// The certificates of `scripts/make-certificates --all`, made once for all tests.
enum TestCertificates {
  static let folder: String = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "thin-certificates-\(getpid())").path
    let root = (1...4).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    try! run(root.appending(path: "scripts/make-certificates").path, "--all", folder)
    atexit { try? FileManager.default.removeItem(atPath: TestCertificates.folder) }
    return folder
  }()

  /// Runs a program, which must succeed.
  static func run(_ program: String, _ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "\(program) failed")
  }

  /// Makes a certificate for the key of `second-server`, with that common name, as `name`.pem in a folder.
  static func make(_ name: String, validFrom begin: Date, in folder: String) throws {
    let format = DateFormatter()
    format.timeZone = TimeZone(identifier: "UTC")
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyyMMddHHmmss'Z'"
    let configuration = """
      [ca]
      default_ca = this
      [this]
      new_certs_dir = \(folder)
      database = \(folder)/index
      rand_serial = yes
      default_md = sha256
      policy = any
      [any]
      commonName = supplied
      """
    for (file, text) in [("conf", configuration), ("index", ""), ("names", "subjectAltName=IP:127.0.0.1")] {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
    }
    try run(
      "/usr/bin/openssl", "req", "-new", "-key", path("second-server.key"), "-subj", "/CN=\(name)", "-out",
      "\(folder)/request")
    try run(
      "/usr/bin/openssl", "ca", "-batch", "-notext", "-config", "\(folder)/conf", "-cert", path("ca.pem"),
      "-keyfile", path("ca.key"), "-in", "\(folder)/request", "-out", "\(folder)/\(name).pem", "-extfile",
      "\(folder)/names", "-startdate", format.string(from: begin), "-days", "1")
  }

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func file(_ name: String) -> PEMSource { .file(path(name)) }

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  /// The certificate and key of that name.
  static func identity(_ name: String) -> TLSIdentity {
    TLSIdentity(certificateChain: file("\(name).pem"), privateKey: file("\(name).key"))
  }
}

extension ServerTLSConfiguration {
  static func test(_ name: String = "server", clientRoots: String? = nil) -> ServerTLSConfiguration {
    ServerTLSConfiguration(
      identity: TestCertificates.identity(name), clientRoots: clientRoots.map(TestCertificates.file))
  }
}

extension ChannelTLSConfiguration {
  static func test(roots: String = "ca.pem", _ name: String? = nil) -> ChannelTLSConfiguration {
    ChannelTLSConfiguration(
      roots: TestCertificates.file(roots), identity: name.map(TestCertificates.identity))
  }

  func with(_ change: (inout ChannelTLSConfiguration) -> Void) -> ChannelTLSConfiguration {
    var copy = self
    change(&copy)
    return copy
  }
}

extension ServerTLSConfiguration {
  func with(_ change: (inout ServerTLSConfiguration) -> Void) -> ServerTLSConfiguration {
    var copy = self
    change(&copy)
    return copy
  }
}

/// Answers each unary call with the common name of the peer's identity, or `nobody`.
let identifyingService = EchoService(onUnary: { _, context in
  Text(context.peer.identity.map { $0.commonName ?? "no name" } ?? "nobody")
})

extension Channel {
  /// A channel with a connection of its own.
  static func test(to target: String, _ credentials: ChannelCredentials) throws -> Channel {
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    return try Channel(to: target, credentials: credentials, configuration: configuration)
  }
}

/// Runs `body` with a server and a channel to it, then shuts both down.
func withCredentials<Result: Sendable>(
  _ service: EchoService = identifyingService, server: ServerCredentials, channel: ChannelCredentials,
  address: String = "127.0.0.1:0", _ body: (EchoClient, Server) async throws -> Result
) async throws -> Result {
  let server = try Server(listeningOn: [address], credentials: server, services: [service])
  let channel = try Channel.test(to: server.addresses[0], channel)
  let result: Swift.Result<Result, any Error>
  do { result = .success(try await body(EchoClient(channel: channel), server)) } catch {
    result = .failure(error)
  }
  await channel.shutdown()
  await server.shutdown()
  return try result.get()
}

func withTLS<Result: Sendable>(
  _ service: EchoService = identifyingService, server: ServerTLSConfiguration,
  channel: ChannelTLSConfiguration,
  _ body: (EchoClient, Server) async throws -> Result
) async throws -> Result {
  try await withCredentials(service, server: .tls(server), channel: .tls(channel), body)
}

extension CallOptions {
  /// Waits for a connection.
  static var waiting: CallOptions {
    var options = CallOptions.timeout(.seconds(30))
    options.waitsForReady = true
    return options
  }
}
