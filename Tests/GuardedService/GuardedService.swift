public import ThinGRPC

/// A text as a message: its UTF-8.
public struct Word: CallMessage, Hashable {
  public var text: String

  public init(_ text: String) {
    self.text = text
  }

  public init(decoding bytes: borrowing MessageBytes) throws(MessageCodingError) {
    guard let text = String(validating: bytes.bytes, as: UTF8.self) else {
      throw MessageCodingError("The text is not UTF-8")
    }
    self.text = text
  }

  public func encoded() throws(MessageCodingError) -> MessageBytes {
    MessageBytes(copying: Array(text.utf8))
  }
}

/// Services with methods that answer what `answer` says, behind interceptors.
public struct GuardedService: RPCService {
  public static let read = MethodDescriptor(service: "guarded.Store", method: "Read", kind: .unary)
  public static let write = MethodDescriptor(service: "guarded.Store", method: "Write", kind: .unary)
  public static let check = MethodDescriptor(service: "grpc.health.v1.Health", method: "Check", kind: .unary)

  private let answer: @Sendable (ServerContext) -> String

  public init(answer: @escaping @Sendable (ServerContext) -> String = { _ in "served" }) {
    self.answer = answer
  }

  public var rpcMethods: [RPCMethod] {
    [Self.read, Self.write, Self.check].map { method in
      .unary(method) { (_: Word, context: ServerContext) in Word(answer(context)) }
    }
  }

  /// Runs `body` with a channel to a server of the service, on a free port of the loopback.
  public func served<Result: Sendable>(
    behind interceptors: [any ServerInterceptor], _ body: (Channel) async throws -> Result
  ) async throws -> Result {
    let server = try Server(
      listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [self], interceptors: interceptors)
    var configuration = ChannelConfiguration()
    configuration.hasOwnConnection = true
    let channel = try Channel(to: server.addresses[0], credentials: .insecure, configuration: configuration)
    let result: Result
    do {
      result = try await body(channel)
    } catch {
      await channel.shutdown()
      await server.shutdown()
      throw error
    }
    await channel.shutdown()
    await server.shutdown()
    return result
  }
}

extension Channel {
  /// What a call ends with: the answer, or the code and message of its status.
  public func outcome(of method: MethodDescriptor, metadata: Metadata = [:]) async -> String {
    do {
      let word: Word = try await unary(method, Word(""), options: CallOptions(metadata: metadata))
      return word.text
    } catch {
      return error.description
    }
  }
}
