// A server and a client of the service test.Peer, for foreign ones to talk to: Tests/Interop drives them.
//
//   call-peer serve             prints its address, and serves until standard input ends
//   call-peer fail ADDRESS      prints, as JSON, with which error test.Peer/Fail ends there
//   call-peer metadata ADDRESS  prints, as JSON, which metadata test.Peer/Chat sends there
import Foundation
import ThinGRPC

@main
struct CallPeer {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case "serve": try await serve()
    case "fail" where arguments.count == 2: try await printFailure(at: arguments[2])
    case "metadata" where arguments.count == 2: try await printMetadata(at: arguments[2])
    default:
      FileHandle.standardError.write(Data("call-peer: serve, fail ADDRESS or metadata ADDRESS\n".utf8))
      exit(64)
    }
  }

  private static func serve() async throws {
    let server = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [PeerService()])
    FileHandle.standardOutput.write(Data("\(server.addresses[0])\n".utf8))
    let (ends, end) = AsyncStream<Void>.makeStream()
    Thread.detachNewThread {
      while readLine() != nil {}
      end.finish()
    }
    for await _ in ends {}
    await server.shutdown()
  }

  static func tell(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }
}
