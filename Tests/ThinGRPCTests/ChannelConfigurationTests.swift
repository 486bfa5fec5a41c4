import Foundation
import Testing
import ThinGRPC

@Suite("Settings of channels")
struct ChannelConfigurationTests {
  @Test("A method's timeout is the longest that its calls may take, and the server knows of it")
  func timeouts() async throws {
    let remaining = Shared<Duration?>(nil)
    var service = EchoService()
    service.onUnary = { request, context in
      remaining.value = context.timeRemaining
      return request
    }
    var method = MethodConfig(.method(EchoService.unary))
    method.timeout = .seconds(500)
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    try await withEcho(service, channel: configuration) { client, _ in
      // What is said of the method, not the channel's minute. The core rounds up what it sends.
      _ = try await client.unary("a")
      #expect((Duration.seconds(400)...Duration.seconds(502)).contains(remaining.value ?? .zero))
      _ = try await client.unary("a", options: .timeout(.seconds(300)))
      #expect((Duration.seconds(200)...Duration.seconds(302)).contains(remaining.value ?? .zero))
      for deadline in [CallDeadline.none, .after(.seconds(900)), .at(.now + .seconds(900))] {
        _ = try await client.unary("a", options: CallOptions(deadline: deadline))
        #expect((Duration.seconds(400)...Duration.seconds(502)).contains(remaining.value ?? .zero))
      }
    }
    method.timeout = .milliseconds(100)
    configuration.serviceConfig?.methodConfigs = [method]
    service.onUnary = { request, _ in
      try await Task.sleep(for: .seconds(600))
      return request
    }
    try await withEcho(service, channel: configuration) { client, _ in
      let error = await rpcError { try await client.unary("a", options: CallOptions(deadline: .none)) }
      #expect(error?.code == .deadlineExceeded)
    }
  }

  @Test("A method's calls wait for a connection where the config says so, unless they say otherwise")
  func waiting() async throws {
    let gone = try Server(listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [EchoService()])
    await gone.shutdown()
    var method = MethodConfig(.service("test.Echo"))
    method.waitsForReady = true
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    configuration.serviceConfig?.methodConfigs = [method]
    let channel = try Channel(to: gone.addresses[0], credentials: .insecure, configuration: configuration)
    let client = EchoClient(channel: channel)
    let waited = await rpcError { try await client.unary("a", options: .timeout(.milliseconds(200))) }
    #expect(waited?.code == .deadlineExceeded)
    let failed = await rpcError { try await client.unary("a", options: CallOptions(waitsForReady: false)) }
    #expect(failed?.code == .unavailable)
    await channel.shutdown()
  }

  @Test("A method's limits of messages hold, and another's do not")
  func messageLimits() async throws {
    var method = MethodConfig(.method(EchoService.unary))
    (method.maxRequestMessageBytes, method.maxResponseMessageBytes) = (10, 5)
    var all = MethodConfig(.all)
    all.maxResponseMessageBytes = 1
    var configuration = ChannelConfiguration()
    configuration.serviceConfig = ServiceConfig()
    // What is named by itself has none of the limits of all.
    configuration.serviceConfig?.methodConfigs = [method, all, MethodConfig(.method(EchoService.collect))]
    try await withEcho(channel: configuration) { client, _ in
      for (byteCount, code) in [(5, nil), (6, StatusCode.resourceExhausted), (11, .resourceExhausted)] {
        let text = String(repeating: "x", count: byteCount)
        if code == nil {
          try await expectEqual(client.unary(Text(text)), Text(text))
        } else {
          let error = await rpcError { try await client.unary(Text(text)) }
          #expect(error?.code == code)
        }
      }
      let error = await rpcError { try await client.chat(texts(["xx"])).collected() }
      #expect(error?.code == .resourceExhausted)
      try await expectEqual(client.collect(texts(["xx"])), "xx")
    }
  }

  @Test("The user agent begins as it is told")
  func userAgent() async throws {
    let userAgent = Shared<String?>(nil)
    var service = EchoService()
    service.onUnary = { request, context in
      userAgent.value = context.metadata["user-agent"]
      return request
    }
    var configuration = ChannelConfiguration()
    configuration.userAgent = "myprogram/1.2"
    try await withEcho(service, channel: configuration) { client, _ in
      _ = try await client.unary("a")
      #expect(userAgent.value?.hasPrefix("myprogram/1.2 grpc-c/") == true, "\(userAgent.value ?? "")")
    }
  }

  @Test(
    "What may not stand in a header is refused",
    arguments: ["", "a\r\nb: c", "ü", "\0", "a\u{7f}"])
  func badNames(name: String) {
    for key in [\ChannelConfiguration.userAgent, \.authority] {
      var configuration = ChannelConfiguration()
      configuration[keyPath: key] = name
      let error = setupError {
        try Channel(to: "127.0.0.1:1", credentials: .insecure, configuration: configuration)
      }
      #expect(error?.code == .invalidConfiguration)
    }
  }

  @Test(
    "A proxy whose URL is none is refused, and the message does not have it",
    arguments: [
      "", "proxy:3128", "https://proxy:3128", "http://", "http://proxy", "http://a:secret@b@proxy:3128",
      "http://proxy:99999", "http://proxy:3128/path", "socks5://proxy:1080",
    ])
  func badProxy(url: String) {
    var configuration = ChannelConfiguration()
    configuration.httpProxy = .url(url)
    let error = setupError {
      try Channel(to: "127.0.0.1:1", credentials: .insecure, configuration: configuration)
    }
    #expect(error?.code == .invalidConfiguration)
    #expect(error?.message.contains("secret") == false)
  }

  @Test("There is no proxy for lists of addresses and for control planes, and none is used for sockets")
  func unproxied() async throws {
    var configuration = ChannelConfiguration()
    configuration.httpProxy = .url("http://127.0.0.1:1")
    for target in ["ipv4:127.0.0.1:1,127.0.0.1:2", "xds:///service"] {
      let error = setupError {
        try Channel(to: target, credentials: .insecure, configuration: configuration)
      }
      #expect(error?.code == .invalidConfiguration)
    }
    for address in ["unix:/tmp/thin-\(UUID().uuidString.prefix(8))", "unix-abstract:\(UUID())"] {
      try await withEcho(address: address, channel: configuration) { client, _ in
        try await expectEqual(client.unary("a"), "a")
      }
    }
  }

  /// A proxy for one connection: it says where it listens, then what it was asked for.
  private static let proxy = """
    import select, socket
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    client, _ = listener.accept()
    request = b""
    while b"\\r\\n\\r\\n" not in request: request += client.recv(4096)
    host, port = request.split()[1].decode().rsplit(":", 1)
    server = socket.create_connection((host, int(port)))
    client.sendall(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
    peers = {client: server, server: client}
    while True:
      for peer in select.select(list(peers), [], [])[0]:
        data = peer.recv(65536)
        if not data:
          print(repr(request), flush=True)
          raise SystemExit
        peers[peer].sendall(data)
    """

  /// Reads on a thread of its own: those of tasks must not wait for a process.
  private func whatComes(_ pipe: Pipe, _ read: @escaping @Sendable (FileHandle) -> Data) async -> Data {
    let handle = pipe.fileHandleForReading
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: read(handle)) }
    }
  }

  @Test("Connections go through the proxy that is asked for, with its user and password")
  func proxy() async throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.proxy]
    process.standardOutput = output
    try process.run()
    defer { process.terminate() }
    let port = String(decoding: await whatComes(output) { $0.availableData }, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    var configuration = ChannelConfiguration()
    configuration.httpProxy = .url("http://ada:pass@127.0.0.1:\(port)")
    let address = try await withEcho(channel: configuration) { client, server in
      try await expectEqual(client.unary("a"), "a")
      return server.addresses[0]
    }
    let request = String(decoding: await whatComes(output) { $0.readDataToEndOfFile() }, as: UTF8.self)
    #expect(request.contains("CONNECT \(address) HTTP/1.1"), "\(request)")
    #expect(request.contains("Proxy-Authorization: Basic YWRhOnBhc3M="), "\(request)")
  }
}
