import ThinGRPC
import ThinGRPCGuarding

/// A client that makes calls with call credentials.
///
/// - `open insecure|tls CHANNEL-CREDENTIALS` opens a channel in place of the one before
/// - `calls COUNT CALL-CREDENTIALS` makes calls at once, and tells how many ended how, and how often a token was fetched
///
/// Credentials are `none`, or some of these with `+` between them: `bearer:TOKEN`, `file:PATH`, `metadata:KEY=VALUE`, `provider:TOKEN`, and
/// `failing`, whose provider throws.
final class CredentialsPeer: Sendable {
  let address: String
  let roots: String
  private let fetchCount = Guarded(0)

  init(address: String, roots: String) {
    self.address = address
    self.roots = roots
  }

  private struct Outcome: Encodable {
    var outcomes: [String: Int]
    var fetched: Int
  }

  func run() async {
    var channel: Channel?
    for await command in commands() {
      do throws(SetupError) {
        switch command.first {
        case "open":
          await channel?.shutdown()
          channel = nil
          var credentials: ChannelCredentials =
            command[1] == "tls" ? .tls(ChannelTLSConfiguration(roots: .file(roots))) : .insecure
          if let call = try credentialsOf(command[2]) { credentials = credentials.adding(call) }
          channel = try Channel(to: address, credentials: credentials)
          tell(["opened": command[1]])
        case "calls":
          guard let channel, let count = Int(command[1]) else { break }
          let options = CallOptions(
            deadline: .after(.seconds(20)), credentials: try credentialsOf(command[2]))
          let outcomes = await outcomes(of: count, on: channel, options)
          tell(Outcome(outcomes: outcomes, fetched: fetchCount.withLock { $0 }))
        default: break
        }
      } catch {
        tell(["setupError": "\(error)"])
      }
    }
  }

  private func credentialsOf(_ text: String) throws(SetupError) -> CallCredentials? {
    var found: CallCredentials?
    for part in text.split(separator: "+") where part != "none" {
      let words = part.split(separator: ":", maxSplits: 1).map(String.init)
      let one = try credentials(words[0], words.last ?? "")
      found = found?.adding(one) ?? one
    }
    return found
  }

  private func credentials(_ kind: String, _ value: String) throws(SetupError) -> CallCredentials {
    switch kind {
    case "bearer": return try .bearer(value)
    case "file": return .bearer(inFile: value)
    case "metadata":
      let pair = value.split(separator: "=").map(String.init)
      return .metadata { _ in
        var metadata = Metadata()
        metadata.add(pair[1], forKey: pair[0])
        return metadata
      }
    case "provider":
      return .bearer { [self] in
        fetchCount.withLock { $0 += 1 }
        try await Task.sleep(for: .milliseconds(50))
        return BearerToken(value, lifetime: .seconds(600))
      }
    default: return .bearer { throw RPCError(.unavailable, "there is no token today") }
    }
  }

  private func outcomes(of count: Int, on channel: Channel, _ options: CallOptions) async -> [String: Int] {
    await withTaskGroup(of: String.self) { calls in
      for _ in 0..<count {
        calls.addTask {
          do throws(RPCError) {
            let answer: Text = try await channel.unary(PeerService.method("Call"), Text(""), options: options)
            return answer.value
          } catch {
            return "\(error)"
          }
        }
      }
      return await calls.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
  }
}
