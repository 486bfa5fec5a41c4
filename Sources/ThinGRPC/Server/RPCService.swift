internal import GRPCRuntime

/// A service that a server can serve. Generated service protocols refine it and fill it in.
public protocol RPCService: Sendable {
  /// The methods, each with its handler.
  var rpcMethods: [RPCMethod] { get }
}

/// A method and the handler that serves its calls, with the message types erased.
public struct RPCMethod: Sendable {
  /// The method.
  public let descriptor: MethodDescriptor
  /// Handles one call; the result is the message to reply with, nil for a stream of responses.
  let handler: @Sendable (ServerContext) async throws -> MessageBytes?

  @usableFromInline
  init(
    _ descriptor: MethodDescriptor, handler: @escaping @Sendable (ServerContext) async throws -> MessageBytes?
  ) {
    self.descriptor = descriptor
    self.handler = handler
  }

  /// A method with one message each way.
  @inlinable
  public static func unary<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) -> RPCMethod {
    RPCMethod(method) { context in
      try await handler(Request(received: context.takeRequest()), context).bytesToSend()
    }
  }

  /// A method with one request and a stream of responses.
  @inlinable
  public static func serverStreaming<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (Request, ResponseWriter<Response>, ServerContext) async throws -> Void
  ) -> RPCMethod {
    RPCMethod(method) { context in
      try await handler(Request(received: context.takeRequest()), ResponseWriter(context), context)
      return nil
    }
  }

  /// A method with a stream of requests and one response.
  @inlinable
  public static func clientStreaming<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor,
    _ handler: @escaping @Sendable (RequestStream<Request>, ServerContext) async throws -> Response
  ) -> RPCMethod {
    RPCMethod(method) { context in
      try await handler(RequestStream(context), context).bytesToSend()
    }
  }

  /// A method with streams both ways.
  @inlinable
  public static func bidirectionalStreaming<Request: CallMessage, Response: CallMessage>(
    _ method: MethodDescriptor,
    _ handler:
      @escaping @Sendable (RequestStream<Request>, ResponseWriter<Response>, ServerContext) async throws ->
      Void
  ) -> RPCMethod {
    RPCMethod(method) { context in
      try await handler(RequestStream(context), ResponseWriter(context), context)
      return nil
    }
  }

  /// How many messages the client sends.
  var input: RegisteredMethod.MessageCount {
    switch descriptor.kind {
    case .unary, .serverStreaming: .one
    case .clientStreaming, .bidirectionalStreaming: .many
    }
  }

  /// How many messages the server sends.
  var output: RegisteredMethod.MessageCount {
    switch descriptor.kind {
    case .unary, .clientStreaming: .one
    case .serverStreaming, .bidirectionalStreaming: .many
    }
  }
}
