import Foundation
import GRPCRuntime
import Testing
import ThinGRPC

@Suite("Call credentials")
struct CallCredentialsTests {
  @Test(
    "A token goes out with every kind of call: the channel's, the call's, and both with the channel's first",
    arguments: PrivateConnection.allCases)
  func bearer(over connection: PrivateConnection) async throws {
    let channelToken = try CallCredentials.bearer("channel")
    let callToken = CallCredentials.metadata { _ in ["x-call": "call"] }
    try await withPrivateEcho(over: connection) { client in
      expectEqual(try await client.authorizations(), ["", "", "", ""])
      let options = CallOptions(credentials: try .bearer("abc-._~+/="))
      expectEqual(try await client.authorizations(options), Array(repeating: "Bearer abc-._~+/=", count: 4))
      let both = CallOptions(credentials: channelToken.adding(callToken))
      expectEqual(try await client.authorizations(both), Array(repeating: "Bearer channel|call", count: 4))
    }
    try await withPrivateEcho(over: connection, adding: channelToken) { client in
      expectEqual(try await client.authorizations(), Array(repeating: "Bearer channel", count: 4))
      let options = CallOptions(metadata: ["x-other": "1"], credentials: callToken)
      expectEqual(try await client.authorizations(options), Array(repeating: "Bearer channel|call", count: 4))
    }
  }

  @Test(
    "Without transport security a call with credentials ends before it begins, and a channel with them is not made"
  )
  func insecure() async throws {
    let asked = Shared(0)
    let credentials = CallCredentials.bearer {
      asked.update { $0 += 1 }
      return BearerToken("secret", lifetime: nil)
    }
    let served = Shared(0)
    var service = EchoService()
    service.onUnary = { request, _ in
      served.update { $0 += 1 }
      return request
    }
    let message =
      "The credentials of the call are sent with transport security alone, and the channel has none"
    try await withEcho(service) { client, _ in
      let options = CallOptions(credentials: credentials)
      for error in [
        await rpcError { try await client.unary("", options: options) },
        await rpcError { try await client.collect(texts(["a"]), options: options) },
        await rpcError { try await client.expand("1", options: options).collected() },
        await rpcError { try await client.chat(texts(["a"]), options: options).collected() },
        await rpcError { try await client.collect(options: options) { _ in } },
      ] { #expect(error == RPCError(.unauthenticated, message)) }
      #expect(client.channel.openCallCount == 0)
    }
    #expect(asked.value == 0 && served.value == 0)
    for channelCredentials in [ChannelCredentials.insecure, .local(.loopback)] {
      let error = setupError {
        try Channel(to: "127.0.0.1:1", credentials: channelCredentials.adding(credentials))
      }
      #expect(error?.code == .invalidConfiguration)
      #expect(
        error?.message == "Call credentials are sent with transport security alone, and this channel has none"
      )
    }
  }

  @Test("The core itself sends no credentials over a connection that is not private")
  func coreSecurityLevel() async throws {
    let served = Shared(0)
    var service = EchoService()
    service.onUnary = { request, _ in
      served.update { $0 += 1 }
      return request
    }
    try await withEcho(service) { _, server in
      let credentials = ChannelCredentialsHandle.insecure().adding(.accessToken("secret"))
      let handle = ChannelHandle(
        target: server.addresses[0], credentials: credentials, arguments: ChannelArguments(),
        queues: [CompletionQueue()])
      let parameters = ClientCall.Parameters(
        deadline: MonotonicInstant.now.advanced(byNanoseconds: 60_000_000_000), metadata: [],
        waitsForReady: false, isRepeatable: false)
      let call = try #require(
        ClientCall(on: handle, path: MethodPath("/test.Echo/Unary"), shape: .unary, parameters: parameters))
      call.beginUnary(try Text("").encoded().takeBuffer())
      await call.ended()
      #expect(call.status.code == StatusCode.unauthenticated.rawValue)
    }
    #expect(served.value == 0)
  }

  @Test("A token that cannot be sent is refused, and not repeated in the error")
  func badTokens() async throws {
    try await withPrivateEcho { client in
      for token in ["", " ", "a b", "a\r\nx-admin: 1", "a\u{0}b", "tök", "a\u{7F}", "\tabc"] {
        let error = setupError { try CallCredentials.bearer(token) }
        #expect(error?.code == .invalidConfiguration)
        #expect(token.utf8.count < 3 || error?.message.contains(token) == false)
        let options = CallOptions(credentials: .bearer { BearerToken(token, lifetime: nil) })
        let failure = await rpcError { try await client.unary("", options: options) }
        #expect(failure?.code == .unavailable)
        #expect(failure?.message.hasPrefix("The credentials of the call failed: A token ") == true)
      }
    }
  }

  @Test("Metadata is made for each call, which is told of, and any of it is sent")
  func metadata() async throws {
    let requests = Shared<[CallCredentialsRequest]>([])
    let seen = Shared(Metadata())
    var service = EchoService.authorizationEcho
    service.onUnary = { request, context in
      if request == "look" { seen.value = context.metadata }
      return request
    }
    let credentials = CallCredentials.metadata { request in
      requests.update { $0.append(request) }
      var metadata: Metadata = [:]
      for number in 0..<9 { metadata.add("\(number)", forKey: "X-Many") }
      metadata.add([0, 255], forKey: "x-bytes-bin")
      return metadata
    }
    try await withPrivateEcho(service) { client in
      let options = CallOptions(credentials: credentials)
      _ = try await client.unary("look", options: options)
      _ = try await client.expand("1", options: options).collected()
      // Nothing to send is no reason to wait.
      let none = CallOptions(credentials: .metadata { _ in [:] })
      expectEqual(try await client.authorizations(none).dropFirst(), ["", "", ""])
    }
    #expect(requests.value.map(\.method) == ["Unary", "Expand"])
    #expect(Set(requests.value.map(\.serviceURL)) == ["https://localhost/test.Echo"])
    #expect(seen.value.values(forKey: "x-many") == (0..<9).map { .text("\($0)") })
    #expect(seen.value[binary: "x-bytes-bin"] == [0, 255])
  }

  @Test("Where metadata fails, or cannot be sent, its call ends with the reason")
  func failingMetadata() async throws {
    struct Odd: Error, CustomStringConvertible { let description = "the vault is sealed" }
    try await withPrivateEcho { client in
      func error(_ make: @escaping @Sendable () async throws -> Metadata) async -> RPCError? {
        let options = CallOptions(credentials: .metadata { _ in try await make() })
        return await rpcError { try await client.unary("", options: options) }
      }
      let failures: [(@Sendable () async throws -> Metadata, RPCError)] = [
        ({ @Sendable in throw Odd() }, RPCError(.unavailable, "the vault is sealed")),
        (
          { @Sendable in throw RPCError(.unauthenticated, "you (16) are (x) nobody") },
          RPCError(.unauthenticated, "you (16) are (x) nobody")
        ),
        ({ @Sendable in throw RPCError(.permissionDenied, "no") }, RPCError(.permissionDenied, "no")),
        ({ @Sendable in throw RPCError(.ok, "odd") }, RPCError(.unavailable, "odd")),
        ({ @Sendable in throw RPCError(.notFound, "gone ü") }, RPCError(.unavailable, "gone ü")),
        ({ @Sendable in throw CancellationError() }, RPCError(.unavailable, "CancellationError()")),
        (
          { @Sendable in ["grpc-timeout": "1S"] },
          RPCError(.unavailable, "The metadata key 'grpc-timeout' is reserved for gRPC")
        ),
        (
          { @Sendable in [":path": "/x"] },
          RPCError(.unavailable, "The metadata key ':path' is reserved for gRPC")
        ),
      ]
      for (make, expected) in failures {
        let error = await error(make)
        #expect(error?.code == expected.code)
        #expect(error?.message == "The credentials of the call failed: \(expected.message)")
      }
    }
  }

  @Test("A server that sends such a reason itself has its code in it, and no other")
  func forgedReason() async throws {
    var service = EchoService()
    service.onUnary = { request, _ in throw RPCError(StatusCode(rawValue: 14), request.value) }
    try await withPrivateEcho(service) { client in
      for (message, code) in [
        ("Getting metadata from plugin failed with error: (0) fine", StatusCode.unavailable),
        ("Getting metadata from plugin failed with error: (x) y", .unavailable),
        ("Getting metadata from plugin failed with error: (7) y", .permissionDenied),
        ("Getting metadata from plugin failed with error: ", .unavailable), ("(7) y", .unavailable),
      ] {
        #expect(await rpcError { try await client.unary(Text(message)) }?.code == code)
      }
    }
  }

  @Test("A token in a file is sent as it is at the time, without the white space around it")
  func file() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let options = CallOptions(credentials: .bearer(inFile: path, readAgainAfter: .milliseconds(50)))
    try await withPrivateEcho { client in
      try Data("one\n".utf8).write(to: URL(filePath: path))
      expectEqual(try await client.unary("", options: options).value, "Bearer one")
      try Data(" two\r\n".utf8).write(to: URL(filePath: path))
      #expect(await eventually { (try? await client.unary("", options: options).value) == "Bearer two" })
      try Data("three four".utf8).write(to: URL(filePath: path))
      #expect(
        await eventually {
          do {
            _ = try await client.unary("", options: options)
            return false
          } catch {
            return "\(error)"
              == "UNAVAILABLE: The credentials of the call failed: \(path) does not have one token in it"
          }
        })
    }
  }
}
