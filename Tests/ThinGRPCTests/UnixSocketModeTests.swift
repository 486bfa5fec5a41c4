import Foundation
import Testing
import ThinGRPC

@Suite("Permissions of unix sockets")
struct UnixSocketModeTests {
  private func server(_ mode: UInt16?, at path: String) throws -> Server {
    var configuration = ServerConfiguration()
    configuration.unixSocketMode = mode
    return try Server(
      listeningOn: ["unix:\(path)", "127.0.0.1:0"], credentials: .insecure, services: [EchoService()],
      configuration: configuration)
  }

  private func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appending(path: "thin-\(UUID().uuidString.prefix(8)).socket").path
  }

  @Test(
    "A socket has the permissions that were asked for, and is served",
    arguments: [0o600, 0o660, 0o777] as [UInt16])
  func mode(mode: UInt16) async throws {
    let path = temporaryPath()
    let server = try server(mode, at: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == Int(mode))
    let channel = try Channel(to: server.addresses[0], credentials: .insecure)
    #expect(try await EchoClient(channel: channel).unary("a") == "a")
    await channel.shutdown()
    await server.shutdown()
  }

  @Test("More than permissions is an error", arguments: [0o1777, 0o1000, .max] as [UInt16])
  func notAMode(mode: UInt16) throws {
    let error = #expect(throws: SetupError.self) { try server(mode, at: temporaryPath()) }
    #expect(error?.code == .invalidConfiguration)
  }
}
