import Testing
import ThinGRPC
import ThinGRPCWellKnownTypes

/// Fails with the error that it is given, before a response or after one.
struct FailingService: RPCService {
  static let fail = MethodDescriptor(service: "test.Failing", method: "Fail", kind: .unary)
  static let failLater = MethodDescriptor(
    service: "test.Failing", method: "FailLater", kind: .serverStreaming)

  let error: RPCError

  var rpcMethods: [RPCMethod] {
    [
      .unary(Self.fail) { (_: GoogleProtobuf.Empty, _) async throws -> GoogleProtobuf.Empty in throw error },
      .serverStreaming(Self.failLater) {
        (_: GoogleProtobuf.Empty, responses: ResponseWriter<GoogleProtobuf.Empty>, _) in
        try await responses.write(GoogleProtobuf.Empty())
        throw error
      },
    ]
  }
}

/// The errors that a client sees for one that a handler throws, with no response before it and with one.
func received(
  _ error: RPCError, server configuration: ServerConfiguration = ServerConfiguration(),
  channel channelConfiguration: ChannelConfiguration = ChannelConfiguration(),
  interceptors: [any ServerInterceptor] = []
) async throws -> [RPCError] {
  let server = try Server(
    listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [FailingService(error: error)],
    interceptors: interceptors, configuration: configuration)
  var channelConfiguration = channelConfiguration
  channelConfiguration.hasOwnConnection = true
  let channel = try Channel(
    to: server.addresses[0], credentials: .insecure, configuration: channelConfiguration)
  var errors: [RPCError] = []
  do throws(RPCError) {
    let _: GoogleProtobuf.Empty = try await channel.unary(
      FailingService.fail, GoogleProtobuf.Empty(), options: CallOptions())
  } catch {
    errors.append(error)
  }
  let responses: ResponseStream<GoogleProtobuf.Empty> = channel.serverStreaming(
    FailingService.failLater, GoogleProtobuf.Empty(), options: CallOptions())
  do throws(RPCError) {
    for try await _ in responses {}
  } catch {
    errors.append(error)
  }
  await channel.shutdown()
  await server.shutdown()
  #expect(errors.count == 2)
  return errors
}
