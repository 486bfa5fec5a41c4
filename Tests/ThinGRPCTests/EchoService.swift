import Testing
import ThinGRPC
import ThinGRPCGuarding

/// A message without protobuf: its text is its encoding.
struct Text: CallMessage, Hashable, ExpressibleByStringLiteral {
  var value: String

  init(_ value: String) {
    self.value = value
  }

  init(stringLiteral value: String) {
    self.value = value
  }

  init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError) {
    guard let value = String(validating: bytes.bytes, as: UTF8.self) else {
      throw MessageCodingError("The text is not UTF-8")
    }
    self.value = value
  }

  func encoded() throws(MessageCodingError) -> MessageBytes {
    if value == "unencodable" { throw MessageCodingError("The text has no encoding") }
    return MessageBytes(copying: Array(value.utf8))
  }
}

/// A service of the four kinds, whose handlers the tests supply.
struct EchoService: RPCService {
  static let unary = MethodDescriptor(service: "test.Echo", method: "Unary", kind: .unary)
  static let collect = MethodDescriptor(service: "test.Echo", method: "Collect", kind: .clientStreaming)
  static let expand = MethodDescriptor(service: "test.Echo", method: "Expand", kind: .serverStreaming)
  static let chat = MethodDescriptor(service: "test.Echo", method: "Chat", kind: .bidirectionalStreaming)

  var onUnary: @Sendable (Text, ServerContext) async throws -> Text = { request, _ in request }
  var onCollect: @Sendable (RequestStream<Text>, ServerContext) async throws -> Text = { requests, _ in
    var all: [String] = []
    for try await request in requests { all.append(request.value) }
    return Text(all.joined(separator: ","))
  }
  var onExpand: @Sendable (Text, ResponseWriter<Text>, ServerContext) async throws -> Void = {
    request, responses, _ in
    for index in 0..<(Int(request.value) ?? 0) { try await responses.write(Text("\(index)")) }
  }
  var onChat: @Sendable (RequestStream<Text>, ResponseWriter<Text>, ServerContext) async throws -> Void = {
    requests, responses, _ in
    for try await request in requests { try await responses.write(request) }
  }

  var rpcMethods: [RPCMethod] {
    [
      .unary(Self.unary, onUnary), .clientStreaming(Self.collect, onCollect),
      .serverStreaming(Self.expand, onExpand), .bidirectionalStreaming(Self.chat, onChat),
    ]
  }
}

struct EchoClient: Sendable {
  let channel: Channel

  func unary(_ request: Text, options: CallOptions = CallOptions()) async throws -> Text {
    try await channel.unary(EchoService.unary, request, options: options)
  }

  func collect<Requests: AsyncSequence & Sendable>(
    _ requests: Requests, options: CallOptions = CallOptions()
  ) async throws -> Text where Requests.Element == Text {
    try await channel.clientStreaming(EchoService.collect, requests, options: options)
  }

  func expand(_ request: Text, options: CallOptions = CallOptions()) -> ResponseStream<Text> {
    channel.serverStreaming(EchoService.expand, request, options: options)
  }

  func chat<Requests: AsyncSequence & Sendable>(
    _ requests: Requests, options: CallOptions = CallOptions()
  ) -> ResponseStream<Text> where Requests.Element == Text {
    channel.bidirectionalStreaming(EchoService.chat, requests, options: options)
  }

  nonisolated(nonsending) func collect(
    options: CallOptions = CallOptions(),
    _ body: nonisolated(nonsending) (RequestWriter<Text>) async throws -> Void
  ) async throws -> Text {
    try await channel.clientStreaming(EchoService.collect, options: options, body)
  }

  nonisolated(nonsending) func chat<Result>(
    options: CallOptions = CallOptions(),
    _ body: nonisolated(nonsending) (RequestWriter<Text>, CallResponses<Text>) async throws -> Result
  ) async throws -> Result {
    try await channel.bidirectionalStreaming(EchoService.chat, options: options, body)
  }
}

/// Runs `body` with a server on a free loopback port and a client for it, then shuts both down.
func withEcho<Result: Sendable>(
  _ service: EchoService = EchoService(), address: String = "127.0.0.1:0",
  interceptors: [any ServerInterceptor] = [],
  server configuration: ServerConfiguration = ServerConfiguration(),
  channel channelConfiguration: ChannelConfiguration = ChannelConfiguration(),
  onUnexpectedError: (@Sendable (any Error, ServerContext) -> Void)? = nil,
  _ body: (EchoClient, Server) async throws -> Result
) async throws -> Result {
  let server = try Server(
    listeningOn: [address], credentials: .insecure, services: [service], interceptors: interceptors,
    configuration: configuration, onUnexpectedError: onUnexpectedError)
  var ownConnection = channelConfiguration
  ownConnection.hasOwnConnection = true
  // A busy machine, with all tests at once, is slower than the default allows; a test has a time limit.
  if ownConnection.defaultTimeout == ChannelConfiguration().defaultTimeout {
    ownConnection.defaultTimeout = .seconds(240)
  }
  let channel = try Channel(to: server.addresses[0], credentials: .insecure, configuration: ownConnection)
  let result: Result
  do {
    result = try await body(EchoClient(channel: channel), server)
  } catch {
    await channel.shutdown()
    await server.shutdown()
    throw error
  }
  await channel.shutdown()
  await server.shutdown()
  return result
}

/// The texts as an asynchronous sequence that is always ready.
func texts(_ values: [String]) -> AsyncStream<Text> {
  AsyncStream { continuation in
    for value in values { continuation.yield(Text(value)) }
    continuation.finish()
  }
}

extension AsyncSequence {
  func collected() async throws -> [Element] {
    var all: [Element] = []
    for try await element in self { all.append(element) }
    return all
  }
}

/// A value that a test's closures share.
final class Shared<Value: Sendable>: Sendable {
  private let storage: Guarded<Value>

  init(_ value: Value) {
    storage = Guarded(value)
  }

  var value: Value {
    get { withLock { $0 } }
    set { withLock { $0 = newValue } }
  }

  func update(_ change: (inout Value) -> Void) {
    withLock { change(&$0) }
  }

  private func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
    storage.withLock { body(&$0) }
  }
}

/// Waits until `condition` holds; false after `timeout`.
func eventually(within timeout: Duration = .seconds(60), _ condition: () async -> Bool) async -> Bool {
  let end = ContinuousClock.now + timeout
  while ContinuousClock.now < end {
    if await condition() { return true }
    try? await Task.sleep(for: .milliseconds(2))
  }
  return await condition()
}

/// The error that `body` throws; anything else is a failure of the test.
func rpcError<Result>(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Result
) async -> RPCError? {
  do {
    _ = try await body()
    Issue.record("Nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as RPCError {
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
  return nil
}

/// The error that `body` throws; anything else is a failure of the test.
func setupError<Result>(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) -> SetupError? {
  do {
    _ = try body()
    Issue.record("Nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as SetupError {
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
  return nil
}

/// Expects two values to be equal; for values that are had with `try`.
func expectEqual<Value: Equatable>(
  _ value: Value, _ expected: Value, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: sourceLocation)
}
