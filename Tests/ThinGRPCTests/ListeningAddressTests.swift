import Testing
import ThinGRPC

@Suite("Who can reach an address")
struct ListeningAddressTests {
  @Test(
    "Unix sockets and the loopback stay on the machine",
    arguments: [
      "unix:/tmp/x", "unix-abstract:x", "127.0.0.1:0", "127.1.2.3:80", "[::1]:0", "localhost:1",
      "%6cocalhost:1",
    ])
  func staying(text: String) throws {
    #expect(try ListeningAddress(text, credentials: .insecure).staysOnMachine())
  }

  @Test(
    "Whatever else is listened on does not, names that are like those of the loopback included",
    arguments: [
      "0.0.0.0:0", "[::]:0", "10.0.0.1:1", "127.0.0.1.example.com:1", "example.com:1",
      "localhost.example.com:1",
      "%30.0.0.0:1", "127.evil:1", "[::2]:1", "[fe80::1]:1",
    ])
  func reachable(text: String) throws {
    #expect(try !ListeningAddress(text, credentials: .insecure).staysOnMachine())
  }

  @Test(
    "What is no address is neither",
    arguments: ["", "a b:1", "::1:50051", "http://127.0.0.1:1", "127.0.0.1", "2130706433:1"])
  func nonsense(text: String) {
    #expect(throws: SetupError.self) { try ListeningAddress(text, credentials: .insecure).staysOnMachine() }
  }
}
