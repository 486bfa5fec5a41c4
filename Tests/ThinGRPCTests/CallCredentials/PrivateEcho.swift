import Foundation
import Testing
import ThinGRPC

/// A connection over which credentials of calls are sent.
enum PrivateConnection: CaseIterable {
  case tls, unixSocket
}

/// Runs `body` with a server and a client of it whose connection is private.
func withPrivateEcho<Result: Sendable>(
  _ service: EchoService = .authorizationEcho, over connection: PrivateConnection = .unixSocket,
  adding credentials: CallCredentials? = nil, _ body: (EchoClient) async throws -> Result
) async throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "thin-\(UUID().uuidString)").path
  let (server, channel, address): (ServerCredentials, ChannelCredentials, String) =
    switch connection {
    case .tls: (.tls(.test()), .tls(.test()), "127.0.0.1:0")
    case .unixSocket: (.local(.unixSocket), .local(.unixSocket), "unix:\(path)")
    }
  return try await withCredentials(
    service, server: server, channel: credentials.map(channel.adding) ?? channel, address: address
  ) { client, _ in try await body(client) }
}

extension EchoService {
  /// Answers what a call has in `authorization` and `x-call`, and echoes streams.
  static var authorizationEcho: EchoService {
    var service = EchoService()
    let answer: @Sendable (ServerContext) -> Text = { context in
      let values =
        context.metadata.values(forKey: "authorization") + context.metadata.values(forKey: "x-call")
      return Text(values.map { if case .text(let text) = $0 { text } else { "?" } }.joined(separator: "|"))
    }
    service.onUnary = { _, context in answer(context) }
    service.onExpand = { _, responses, context in try await responses.write(answer(context)) }
    service.onCollect = { requests, context in
      for try await _ in requests {}
      return answer(context)
    }
    service.onChat = { requests, responses, context in
      for try await _ in requests {}
      try await responses.write(answer(context))
    }
    return service
  }
}

extension EchoClient {
  /// What the server is sent by a call of each kind.
  func authorizations(_ options: CallOptions = CallOptions()) async throws -> [String] {
    let expanded = try await expand("1", options: options).collected()
    let chatted = try await chat(texts(["a"]), options: options).collected()
    return [
      try await unary("", options: options).value, try await collect(texts(["a"]), options: options).value,
    ] + (expanded + chatted).map(\.value)
  }
}
