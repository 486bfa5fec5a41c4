import Foundation
import Testing
import ThinGRPC

@Suite("A client's probes of its connection")
struct ProbeTests {
  /// A client made of frames by hand, without calls: the connection's preface, then pings. Prints how many were answered, and
  /// `closed` if the server said GOAWAY or closed the connection.
  private static let script = """
    import socket, struct, sys, time
    host, port = sys.argv[1].rsplit(":", 1)
    count, interval = int(sys.argv[2]), float(sys.argv[3])
    peer = socket.create_connection((host, int(port)), timeout=60)
    stream = peer.makefile("rb")
    def send(kind, flags=0, payload=b""):
        peer.sendall(struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + bytes(4) + payload)
    def receive():
        header = stream.read(9)
        if len(header) < 9: raise ConnectionError()
        length = int.from_bytes(header[:3], "big")
        stream.read(length)
        return header[3], header[4]
    answered = 0
    try:
        peer.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n")
        send(4)
        while answered < count:
            send(6, 0, bytes(8))
            while True:
                kind, flags = receive()
                if kind == 4 and not flags & 1: send(4, 1)
                if kind == 7: raise ConnectionError()
                if kind == 6 and flags & 1: break
            answered += 1
            time.sleep(interval)
        print(answered)
    except ConnectionError:
        print("closed")
    """

  private func ping(_ count: Int, every interval: Double, minimum: Duration) async throws -> String {
    var configuration = ServerConfiguration()
    configuration.minClientProbeInterval = minimum
    return try await withEcho(server: configuration) { _, server in
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-c", Self.script, server.addresses[0], "\(count)", "\(interval)"]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = try await Task.detached { try output.fileHandleForReading.readToEnd() ?? Data() }.value
      process.waitUntilExit()
      return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  @Test("An idle connection may be probed as often as the configuration says, for as long as it takes")
  func allowed() async throws {
    try await expectEqual(ping(10, every: 0.4, minimum: .milliseconds(20)), "10")
  }

  @Test("A client that probes more often is disconnected")
  func tooOften() async throws {
    try await expectEqual(ping(100, every: 0, minimum: .seconds(100)), "closed")
  }
}
