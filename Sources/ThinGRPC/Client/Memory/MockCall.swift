/// A call that a mock of a client answers. Generated mocks use it.
public struct MockCall: Sendable {
  private let method: String
  private let options: CallOptions

  /// A call of a method.
  ///
  /// - Parameters:
  ///   - method: as calls name it, such as `greeter.Greeter/SayHello`.
  ///   - options: what the caller said of the call.
  public init(_ method: String, _ options: CallOptions) {
    self.method = method
    self.options = options
  }

  /// The one response to a call.
  ///
  /// - Parameters:
  ///   - request: the request, or the requests.
  ///   - answer: the code that answers it.
  /// - Throws: `RPCError`: what `answer` throws, with `unknown` for what is none; `unimplemented` where there is no answer.
  public func response<Request, Response>(
    to request: Request, from answer: ((Request, CallOptions) async throws -> Response)?
  ) async throws(RPCError) -> Response {
    guard let answer else { throw unanswered }
    do {
      return try await answer(request, options)
    } catch {
      throw RPCError(ofSequence: error)
    }
  }

  /// The stream of responses to a call, which throws as `response(to:from:)` does.
  public func responses<Request, Response>(
    to request: Request, from answer: ((Request, CallOptions) throws -> ResponseStream<Response>)?
  ) -> ResponseStream<Response> {
    guard let answer else { return ResponseStream(throwing: unanswered) }
    do {
      return try answer(request, options)
    } catch {
      return ResponseStream(throwing: RPCError(ofSequence: error))
    }
  }

  private var unanswered: RPCError {
    RPCError(.unimplemented, "The mock has no answer to \(method)")
  }
}
