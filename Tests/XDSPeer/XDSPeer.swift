// A server and a client whose places are told by an xDS control plane, and a client with call credentials: what Tests/Interop drives, by
// lines on standard input.
//
//   xds-peer serve NAME ADDRESS [--plain] [--two-connections] [--also]
//                   answers NAME to every call, on two connections at most where it is told so; tells by lines in JSON what becomes
//                   of ADDRESS. Another server of the process answers at the same port of 127.0.0.2 as well, where it is told so
//   xds-peer call   opens channels and makes calls, as it is told
//   xds-peer credentials ADDRESS ROOTS
//                   calls a server with call credentials, as it is told
import Foundation
import ThinGRPC

@main
struct XDSPeer {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "serve" where arguments.count >= 3:
      await ServingPeer.run(
        name: arguments[2], address: arguments[3], byXDS: !arguments.contains("--plain"),
        maxConnections: arguments.contains("--two-connections") ? 2 : nil,
        hasOther: arguments.contains("--also"))
    case "call": await CallingPeer().run()
    case "credentials" where arguments.count == 3:
      await CredentialsPeer(address: arguments[2], roots: arguments[3]).run()
    default:
      FileHandle.standardError.write(
        Data("xds-peer: serve NAME ADDRESS, call, or credentials ADDRESS ROOTS\n".utf8))
      exit(64)
    }
  }
}

/// Lines on standard input, read on a thread that may block.
func commands() -> AsyncStream<[String]> {
  let (lines, continuation) = AsyncStream<[String]>.makeStream()
  Thread.detachNewThread {
    while let line = readLine() {
      continuation.yield(line.split(separator: " ").map(String.init))
    }
    continuation.finish()
  }
  return lines
}

/// Writes a line in JSON.
func tell<Value: Encodable>(_ value: Value) {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  guard let line = try? encoder.encode(value) else { fatalError("What is told is plain text") }
  FileHandle.standardOutput.write(line + Data("\n".utf8))
}

/// A message without protobuf: its text is its encoding.
struct Text: CallMessage, Hashable {
  var value: String

  init(_ value: String) {
    self.value = value
  }

  init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError) {
    guard let value = String(validating: bytes.bytes, as: UTF8.self) else {
      throw MessageCodingError("The text is not UTF-8")
    }
    self.value = value
  }

  func encoded() throws(MessageCodingError) -> MessageBytes { MessageBytes(copying: Array(value.utf8)) }
}

/// A service of two methods, for routes to part them.
struct PeerService: RPCService {
  let name: String

  static func method(_ name: String) -> MethodDescriptor {
    MethodDescriptor(service: "xds.Peer", method: name, kind: .unary)
  }

  var rpcMethods: [RPCMethod] {
    ["Call", "Other"].map { method in
      .unary(Self.method(method)) { (_: Text, _) async throws -> Text in Text(name) }
    }
  }
}

/// A server.
enum ServingPeer {
  private struct Status: Encodable {
    let address: String
    let isServing: Bool
    let problem: String?
  }

  static func run(name: String, address: String, byXDS: Bool, maxConnections: Int?, hasOther: Bool) async {
    var configuration = ServerConfiguration()
    configuration.queueCount = 1
    configuration.maxConnections = maxConnections
    if byXDS {
      configuration.xds = XDSServerConfiguration { status in
        tell(
          Status(
            address: status.address, isServing: status.isServing, problem: status.problem.map { "\($0)" }))
      }
    }
    let server: Server
    var other: Server?
    do {
      func serve(at address: String) throws(SetupError) -> Server {
        try Server(
          listeningOn: [address], credentials: .xds(fallback: .insecure), services: [PeerService(name: name)],
          configuration: configuration)
      }
      server = try serve(at: address)
      if hasOther, let port = server.addresses[0].split(separator: ":").last {
        other = try serve(at: "127.0.0.2:\(port)")
      }
    } catch {
      return tell(["setupError": "\(error)"])
    }
    tell(["listening": server.addresses[0]])
    for await command in commands() where command.first == "stop" {
      await server.shutdown(grace: .seconds(Double(command[1]) ?? 0))
      return tell(["stopped": name])
    }
    await server.shutdown()
    await other?.shutdown()
  }
}
