import Foundation
import Testing
import ThinGRPC
import ThinGRPCGuarding

@Suite("Certificates that change")
struct WatchedCertificatesTests {
  /// A folder with `tls.pem` and `tls.key`, which tests replace.
  private final class Files: Sendable {
    let folder = TestCertificates.path(UUID().uuidString)
    let events = Guarded<[WatchedCertificates.Event]>([])
    /// The names that connections have seen, and whether there are to be no more.
    let seen = Guarded<Set<String>>([])
    let isOver = Guarded(false)

    init(_ name: String = "server") throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try put(name)
    }

    var chain: String { "\(folder)/tls.pem" }
    var key: String { "\(folder)/tls.key" }
    var identity: TLSIdentity { TLSIdentity(certificateChain: .file(chain), privateKey: .file(key)) }

    func put(_ name: String) throws {
      try write(try TestCertificates.text("\(name).pem"), to: chain)
      try write(try TestCertificates.text("\(name).key"), to: key)
    }

    func write(_ text: String, to path: String) throws {
      try Data(text.utf8).write(to: URL(filePath: path))
    }

    func watch(every interval: Duration? = nil, roots: PEMSource? = nil) throws -> WatchedCertificates {
      try WatchedCertificates(identity: identity, roots: roots, checkInterval: interval) { [self] event in
        events.withLock { $0.append(event) }
      }
    }

    /// Waits until there are this many events.
    func events(_ count: Int) async throws -> [WatchedCertificates.Event] {
      while true {
        let all = events.withLock { $0 }
        if all.count >= count { return all }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
  }

  /// The common name of the server's certificate that a new connection sees.
  private func servedName(_ server: Server, _ configuration: ChannelTLSConfiguration = .test()) async throws
    -> String
  {
    let name = Guarded("")
    let channel = try Channel.test(
      to: server.addresses[0],
      .tls(
        configuration.with {
          $0.verifier = { identity, _ in name.withLock { $0 = identity.commonName ?? "" } }
        }))
    _ = try await EchoClient(channel: channel).unary("")
    await channel.shutdown()
    return name.withLock { $0 }
  }

  private func server(_ certificates: WatchedCertificates) throws -> Server {
    try Server(
      listeningOn: ["127.0.0.1:0"], credentials: .tls(ServerTLSConfiguration(certificates: certificates)),
      services: [EchoService()])
  }

  @Test("A new pair is served from the next connection on, and connections go on")
  func replacement() async throws {
    let files = try Files()
    let certificates = try files.watch()
    let server = try server(certificates)
    let early = try Channel.test(to: server.addresses[0], .tls(.test()))
    _ = try await EchoClient(channel: early).unary("")
    #expect(try await servedName(server) == "server")
    #expect(try !certificates.reload())
    try files.put("second-server")
    #expect(try certificates.reload())
    #expect(try await servedName(server) == "second")
    _ = try await EchoClient(channel: early).unary("")
    #expect(files.events.withLock { $0 } == [.replaced])
    #expect(try #require(certificates.remainingValidity) > .seconds(24 * 60 * 60))
    await early.shutdown()
    await server.shutdown()
  }

  @Test("What cannot be used is refused, told once, and the old pair is served on")
  func refusal() async throws {
    let files = try Files()
    let certificates = try files.watch()
    let server = try server(certificates)
    let second = try TestCertificates.text("second-server.pem")
    let changes: [(String, () throws -> Void)] = [
      ("does not match", { try files.write(second, to: files.chain) }),
      ("it is cut off", { try files.write(String(second.prefix(300)), to: files.chain) }),
      ("it is empty", { try files.write("", to: files.chain) }),
      ("it is not PEM", { try files.write("garbage", to: files.chain) }),
      ("it does not exist", { try FileManager.default.removeItem(atPath: files.chain) }),
      ("it expired", { try files.put("expired-server") }),
      ("it is not valid yet", { try files.put("future-server") }),
      ("key too small", { try files.put("weak-server") }),
    ]
    for (index, (reason, change)) in changes.enumerated() {
      try change()
      for _ in 0..<2 {
        let error = #expect(throws: SetupError.self) { try certificates.reload() }
        #expect(error?.code == .invalidCertificate)
        #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.message.contains(files.folder) == true)
      }
      #expect(files.events.withLock { $0.count } == index + 1)
      #expect(try await servedName(server) == "server")
    }
    try files.put("second-server")
    #expect(try certificates.reload())
    #expect(try await servedName(server) == "second")
    await server.shutdown()
  }

  @Test("Changes are noticed without being told of, whole ones alone")
  func watching() async throws {
    let files = try Files()
    let server = try server(try files.watch(every: .milliseconds(100)))
    // One after the other, with a while in between: the two do not match meanwhile.
    try files.write(try TestCertificates.text("second-server.pem"), to: files.chain)
    guard case .refused(let error) = try await files.events(1)[0] else {
      Issue.record("The pair that does not match was taken")
      return
    }
    #expect(error.message.contains("does not match"))
    #expect(try await servedName(server) == "server")
    try files.write(try TestCertificates.text("second-server.key"), to: files.key)
    #expect(try await files.events(2)[1] == .replaced)
    #expect(try await servedName(server) == "second")
    await server.shutdown()
  }

  @Test("A certificate that is not valid yet is taken once it is, without another change")
  func validLater() async throws {
    let files = try Files()
    let server = try server(try files.watch(every: .milliseconds(100)))
    try TestCertificates.make("later", validFrom: Date(timeIntervalSinceNow: 3), in: files.folder)
    try files.write(try TestCertificates.text("second-server.key"), to: files.key)
    try files.write(String(contentsOfFile: "\(files.folder)/later.pem", encoding: .utf8), to: files.chain)
    var events = try await files.events(1)
    while events.last != .replaced { events = try await files.events(events.count + 1) }
    guard case .refused(let error)? = events.dropLast().last else {
      Issue.record("\(events)")
      return
    }
    #expect(error.message.contains("it is not valid yet"))
    #expect(try await servedName(server) == "later")
    await server.shutdown()
  }

  @Test("A folder that is exchanged by a link, as Kubernetes does it, is noticed")
  func links() async throws {
    let files = try Files()
    let manager = FileManager.default
    for (version, name) in [("v1", "server"), ("v2", "second-server")] {
      let folder = "\(files.folder)/\(version)"
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try files.write(try TestCertificates.text("\(name).pem"), to: "\(folder)/tls.pem")
      try files.write(try TestCertificates.text("\(name).key"), to: "\(folder)/tls.key")
    }
    try manager.createSymbolicLink(atPath: "\(files.folder)/..data", withDestinationPath: "v1")
    for path in [files.chain, files.key] {
      try manager.removeItem(atPath: path)
      try manager.createSymbolicLink(
        atPath: path, withDestinationPath: "..data/\(URL(filePath: path).lastPathComponent)")
    }
    let server = try server(try files.watch(every: .milliseconds(100)))
    #expect(try await servedName(server) == "server")
    try manager.createSymbolicLink(atPath: "\(files.folder)/..new", withDestinationPath: "v2")
    try TestCertificates.run("/usr/bin/mv", "-T", "\(files.folder)/..new", "\(files.folder)/..data")
    #expect(try await files.events(1) == [.replaced])
    #expect(try await servedName(server) == "second")
    await server.shutdown()
  }

  @Test("Roots are replaced too, for servers and for channels")
  func roots() async throws {
    let files = try Files()
    let roots = "\(files.folder)/ca.pem"
    try files.write(try TestCertificates.text("ca.pem"), to: roots)
    let certificates = try files.watch(roots: .file(roots))
    let server = try Server(
      listeningOn: ["127.0.0.1:0"], credentials: .tls(ServerTLSConfiguration(certificates: certificates)),
      services: [identifyingService])
    func call(_ name: String) async -> String? {
      guard let channel = try? Channel.test(to: server.addresses[0], .tls(.test(name))) else { return nil }
      let answer = try? await EchoClient(channel: channel).unary("")
      await channel.shutdown()
      return answer?.value
    }
    #expect(await call("client") == "client")
    #expect(await call("other-client") == nil)
    try files.write(try TestCertificates.text("other-ca.pem"), to: roots)
    #expect(try certificates.reload())
    #expect(await call("client") == nil)
    #expect(await call("other-client") == "client")
    // The same ones for a channel, which does not know its server any more.
    let channel = try Channel.test(
      to: server.addresses[0], .tls(ChannelTLSConfiguration(certificates: certificates)))
    await #expect(throws: RPCError.self) { try await EchoClient(channel: channel).unary("") }
    try files.write(
      try TestCertificates.text("other-ca.pem") + TestCertificates.text("ca.pem"), to: roots)
    #expect(try certificates.reload())
    // The identity is a server's, and as good as another to this server.
    while (try? await EchoClient(channel: channel).unary("", options: .waiting)) != "server" {}
    await channel.shutdown()
    await server.shutdown()
  }

  @Test("A hundred replacements in the middle of traffic fail no call")
  func traffic() async throws {
    let files = try Files()
    let certificates = try files.watch()
    let server = try server(certificates)
    let calls = try await withThrowingTaskGroup(of: Int.self) { group in
      // One that keeps its connection, and three that make new ones.
      for worker in 0..<4 {
        group.addTask {
          var count = 0
          let kept = try Channel.test(to: server.addresses[0], .tls(.test()))
          while !files.isOver.withLock({ $0 }) {
            if worker == 0 {
              _ = try await EchoClient(channel: kept).unary("a")
            } else {
              let name = try await self.servedName(server)
              files.seen.withLock { _ = $0.insert(name) }
            }
            count += 1
          }
          await kept.shutdown()
          return count
        }
      }
      for round in 0..<100 {
        try files.put(round.isMultiple(of: 2) ? "second-server" : "server")
        try #require(try certificates.reload())
        // Each second one is followed by one that cannot be used.
        try files.write("-----BEGIN CERTIFICATE-----\nMIIB", to: files.chain)
        #expect(throws: SetupError.self) { try certificates.reload() }
        try await Task.sleep(for: .milliseconds(5))
      }
      files.isOver.withLock { $0 = true }
      return try await group.reduce(0, +)
    }
    #expect(calls > 50)
    #expect(files.seen.withLock { $0 } == ["server", "second"])
    #expect(files.events.withLock { $0.filter { $0 == .replaced }.count } == 100)
    await server.shutdown()
  }

  @Test("A watch ends with whoever needs it, and files of a server that is gone are not read")
  func end() async throws {
    let files = try Files()
    weak var certificates: WatchedCertificates?
    do {
      let watched = try files.watch(every: .milliseconds(100))
      certificates = watched
      let server = try server(watched)
      await server.shutdown()
    }
    while certificates != nil { try await Task.sleep(for: .milliseconds(10)) }
    try files.put("second-server")
    try await Task.sleep(for: .milliseconds(300))
    #expect(files.events.withLock { $0 }.isEmpty)
  }
}
