import Foundation
import Testing
import ThinGRPC

@Suite("Addresses")
struct AddressTests {
  private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appending(path: "thin-\(UUID().uuidString.prefix(8)).socket").path
  }

  private func server(on addresses: String...) throws -> Server {
    try Server(listeningOn: addresses, credentials: .insecure, services: [EchoService()])
  }

  @Test("Calls go over TCP, unix sockets and abstract unix sockets")
  func kinds() async throws {
    for address in [
      "127.0.0.1:0", "localhost:0", "[::1]:0", "unix:\(temporaryPath())", "unix-abstract:\(UUID())",
    ] {
      try await expectEqual(withEcho(address: address) { client, _ in try await client.unary("a") }, "a")
    }
  }

  @Test("One server listens on several addresses")
  func several() async throws {
    let path = temporaryPath()
    let server = try server(on: "127.0.0.1:0", "unix:\(path)")
    #expect(server.addresses.count == 2)
    for address in server.addresses {
      let channel = try Channel(to: address, credentials: .insecure)
      try await expectEqual(EchoClient(channel: channel).unary("a"), "a")
    }
    await server.shutdown()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test("A port in use is an error that says so")
  func portInUse() async throws {
    let first = try server(on: "127.0.0.1:0")
    let error = setupError { try server(on: first.addresses[0]) }
    #expect(error?.code == .addressInUse)
    #expect(error?.message == "Cannot listen on \(first.addresses[0]): the address is in use")
    await first.shutdown()
  }

  @Test("A unix socket in use is an error, and its server keeps it")
  func socketInUse() async throws {
    let address = "unix:\(temporaryPath())"
    try await withEcho(address: address) { client, _ in
      let error = setupError { try server(on: address) }
      #expect(error?.code == .addressInUse)
      try await expectEqual(client.unary("mine"), "mine")
    }
    let abstract = "unix-abstract:\(UUID())"
    try await withEcho(address: abstract) { client, _ in
      let error = setupError { try server(on: abstract) }
      #expect(error?.code == .addressInUse)
      try await expectEqual(client.unary("mine"), "mine")
    }
  }

  @Test("A socket that a dead server left behind is taken over; another file is not touched")
  func leftovers() async throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let script = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, path]
    try process.run()
    process.waitUntilExit()
    #expect(FileManager.default.fileExists(atPath: path))
    try await expectEqual(withEcho(address: "unix:\(path)") { client, _ in try await client.unary("a") }, "a")

    try Data("precious".utf8).write(to: URL(filePath: path))
    let error = setupError { try server(on: "unix:\(path)") }
    #expect(error?.code == .addressUnavailable)
    try expectEqual(String(contentsOfFile: path, encoding: .utf8), "precious")
  }

  @Test(
    "An address that is none is refused with a reason",
    arguments: [
      "", "nonsense", ":50051", "host:port", "127.0.0.1:70000", "unix:",
      "unix:/\(String(repeating: "x", count: 120))",
    ])
  func invalid(address: String) {
    let error = setupError { try server(on: address) }
    #expect(error?.code == .invalidAddress)
  }

  @Test(
    "An address that cannot be had is refused with the system's reason",
    arguments: ["192.0.2.1:50051", "unix:/nowhere/at/all"])
  func unavailable(address: String) {
    let error = setupError { try server(on: address) }
    #expect(error?.code == .addressUnavailable)
    #expect(error?.message.hasPrefix("Cannot listen on \(address): ") == true)
  }

  @Test("No address, and a method that is served twice, are refused")
  func configuration() {
    let nowhere = setupError { try server() }
    #expect(nowhere?.code == .invalidAddress)
    let twice = setupError {
      try Server(
        listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService(), EchoService()])
    }
    #expect(twice?.code == .invalidConfiguration)
  }

  @Test("A call to where nobody listens is UNAVAILABLE at once, or waits if told to")
  func nobody() async throws {
    let gone = try server(on: "127.0.0.1:0")
    let address = gone.addresses[0]
    await gone.shutdown()
    let client = EchoClient(channel: try Channel(to: address, credentials: .insecure))
    let error = await rpcError { try await client.unary("a") }
    #expect(error?.code == .unavailable)
    let waiting = Task { try await client.unary("b", options: CallOptions(waitsForReady: true)) }
    let back = try server(on: address)
    try await expectEqual(waiting.value, "b")
    await back.shutdown()
  }

  @Test("The target of a channel is not empty")
  func emptyTarget() {
    let error = setupError { try Channel(to: "", credentials: .insecure) }
    #expect(error?.code == .invalidAddress)
  }
}
