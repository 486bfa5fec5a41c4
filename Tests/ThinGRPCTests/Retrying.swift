import ThinGRPC

extension RetryPolicy {
  /// A policy whose waits are a millisecond.
  static func quick(_ maxAttempts: Int) -> RetryPolicy {
    RetryPolicy(maxAttempts: maxAttempts, initialBackoff: .milliseconds(1), maxBackoff: .milliseconds(1))
  }
}

extension ChannelConfiguration {
  /// With a policy for all methods.
  static func retrying(_ policy: RetryPolicy, _ throttling: RetryThrottling? = nil) -> ChannelConfiguration {
    var method = MethodConfig(.all)
    method.retryPolicy = policy
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    configuration.serviceConfig?.retryThrottling = throttling
    return configuration
  }
}

extension EchoClient {
  /// Makes a call of a kind whose response is "a".
  func call(_ kind: MethodKind, _ options: CallOptions) async throws -> String {
    switch kind {
    case .unary: try await unary("a", options: options).value
    case .serverStreaming: try await expand("1", options: options).collected().map(\.value).joined()
    case .clientStreaming: try await collect(texts(["a"]), options: options).value
    case .bidirectionalStreaming:
      try await chat(texts(["a"]), options: options).collected().map(\.value).joined()
    }
  }
}

/// Runs `body` with a client whose calls fail `count` times, then answer "a". `seen` gets what each attempt says of those before.
func withRetries(
  _ policy: RetryPolicy = .quick(4), failing count: Int, with code: StatusCode = .unavailable,
  seen: Shared<[String?]>, names: [MethodName] = [.all], others: [MethodConfig] = [], limit: Int? = nil,
  _ body: (EchoClient) async throws -> Void
) async throws {
  let calls = Shared(0)
  let answer: @Sendable (ServerContext) throws -> Void = { context in
    seen.update { $0.append(context.metadata["grpc-previous-rpc-attempts"]) }
    calls.update { $0 += 1 }
    if calls.value <= count { throw RPCError(code, "no \(calls.value)") }
  }
  var service = EchoService()
  service.onUnary = { request, context in
    try answer(context)
    return request
  }
  service.onExpand = { _, responses, context in
    try answer(context)
    try await responses.write("a")
  }
  service.onCollect = { requests, context in
    try answer(context)
    for try await _ in requests {}
    return "a"
  }
  service.onChat = { requests, responses, context in
    try answer(context)
    for try await request in requests { try await responses.write(request) }
  }
  var method = MethodConfig()
  method.names = names
  method.retryPolicy = policy
  method.maxResponseMessageBytes = limit
  var configuration = ChannelConfiguration()
  configuration.serviceConfig = ServiceConfig()
  configuration.serviceConfig?.methodConfigs = [method] + others
  try await withEcho(service, channel: configuration) { client, _ in try await body(client) }
}
