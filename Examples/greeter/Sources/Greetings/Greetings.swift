import CommittedProtos
import GreeterProtos
import ThinGRPC

/// Collects greetings. It knows only the client's protocol, so that tests can do without a server.
public struct Greetings: Sendable {
  private let greeter: any GreeterClientProtocol

  /// Makes calls with a client.
  public init(_ greeter: any GreeterClientProtocol) {
    self.greeter = greeter
  }

  /// The greeting of one guest.
  public func greeting(of name: String) async throws(RPCError) -> String {
    try await greeter.greet(.with { $0.guest.name = name }).text
  }

  /// The greetings of several guests, one a line.
  public func greetings(of names: [String]) async throws(RPCError) -> String {
    let guests = names.map { name in Guest.with { $0.name = name } }
    var text = ""
    for try await reply in greeter.greetAll(.with { $0.guests = guests }) { text += "\(reply.text)\n" }
    return text
  }
}

/// Greets, as a server does.
public struct GreeterService: Greeter {
  /// A service without state.
  public init() {}

  public func greet(_ request: GreetRequest, context: ServerContext) async throws -> GreetReply {
    try reply(to: request.guest)
  }

  public func greetAll(
    _ request: GreetAllRequest, to replies: ResponseWriter<GreetReply>, context: ServerContext
  ) async throws {
    for guest in request.guests { try await replies.write(reply(to: guest)) }
  }

  private func reply(to guest: Guest) throws(RPCError) -> GreetReply {
    guard !guest.name.isEmpty else { throw RPCError(.invalidArgument, "name must not be empty") }
    return .with {
      $0.text = "Hello, \(guest.name)!"
      $0.at = .now
    }
  }
}
