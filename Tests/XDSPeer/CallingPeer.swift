import Foundation
import ThinGRPC

/// A client, with a channel for each name that it is told.
///
/// - `open NAME TARGET [BOOTSTRAP-FILE]`
/// - `calls NAME COUNT METHOD [KEY=VALUE]...` makes calls, four at a time, and tells how many ended how
/// - `load NAME` makes such calls until `unload`, which tells the same of them
/// - `close NAME`
/// - `state` tells what the control plane has sent, in hexadecimal
struct CallingPeer {
  private static let workerCount = 4

  func run() async {
    var channels: [String: Channel] = [:]
    var load: Task<[String: Int], Never>?
    for await command in commands() {
      switch command.first {
      case "open": channels[command[1]] = open(command)
      case "close": await channels.removeValue(forKey: command[1])?.shutdown()
      case "calls":
        var metadata = Metadata()
        for pair in command.dropFirst(4).map({ $0.split(separator: "=", maxSplits: 1) }) {
          metadata.add(String(pair[1]), forKey: String(pair[0]))
        }
        guard let channel = channels[command[1]], let count = Int(command[2]) else { break }
        tell(await outcomes(on: channel, method: command[3], metadata: metadata, count: count))
      case "load":
        guard let channel = channels[command[1]] else { break }
        load = Task { await outcomes(on: channel, method: "Call", metadata: [:], count: .max) }
      case "unload":
        load?.cancel()
        tell(await load?.value ?? [:])
      case "state":
        tell(["state": XDSClientState.serializedClientConfig.map { String(format: "%02x", $0) }.joined()])
      default: break
      }
    }
  }

  private func open(_ command: [String]) -> Channel? {
    do throws(SetupError) {
      var configuration = ChannelConfiguration()
      if command.count > 3 { configuration.xdsBootstrap = try XDSBootstrap(file: command[3]) }
      configuration.initialReconnectBackoff = .milliseconds(200)
      configuration.maxReconnectBackoff = .seconds(1)
      let channel = try Channel(
        to: command[2], credentials: .xds(fallback: .insecure), configuration: configuration)
      tell(["opened": command[1]])
      return channel
    } catch {
      tell(["setupError": "\(error)"])
      return nil
    }
  }

  /// How many calls had which answer, or which error.
  private func outcomes(
    on channel: Channel, method: String, metadata: Metadata, count: Int
  ) async -> [String: Int] {
    await withTaskGroup(of: [String: Int].self) { workers in
      for worker in 0..<Self.workerCount {
        let share =
          count == .max ? .max : count / Self.workerCount + (worker < count % Self.workerCount ? 1 : 0)
        workers.addTask { [self] in
          var outcomes: [String: Int] = [:]
          var made = 0
          while made < share, !Task.isCancelled {
            // Not cancelled along with the load: every call that was begun has its outcome.
            let outcome = await Task { await call(channel, method, metadata) }.value
            outcomes[outcome, default: 0] += 1
            made += 1
          }
          return outcomes
        }
      }
      return await workers.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }
  }

  private func call(_ channel: Channel, _ method: String, _ metadata: Metadata) async -> String {
    let options = CallOptions(deadline: .after(.seconds(20)), metadata: metadata)
    do throws(RPCError) {
      let answer: Text = try await channel.unary(PeerService.method(method), Text(""), options: options)
      return answer.value
    } catch {
      return "\(error)"
    }
  }
}
