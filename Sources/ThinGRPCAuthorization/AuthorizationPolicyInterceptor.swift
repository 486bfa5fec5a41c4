internal import GRPCRuntime
public import ThinGRPC
internal import ThinGRPCGuarding

/// Lets those calls through that a policy allows, and ends the others with `permissionDenied`.
///
/// Put it after the interceptors that find out who calls, such as an authenticator of tokens, and before all others. A call is decided
/// about when it begins: a stream that goes on is not ended by a policy that would not let it begin any more.
///
/// Without a matching rule a call is refused: there is no moment without a policy. Calls of methods that the server does not have
/// are `unimplemented` whatever the policy says.
public final class AuthorizationPolicyInterceptor: ServerInterceptor {
  private let current: CurrentPolicy
  private let openPaths: [TextPattern]
  private let auditing: AuditedDecisions
  private let auditLog: (@Sendable (AuthorizationAudit) -> Void)?
  /// Keeps the file watched.
  private let watchedFile: WatchedFiles?

  /// The most bytes that a file with a policy has: 1 MiB.
  public static let mostFileBytes = 1 << 20

  /// Decides by one policy.
  ///
  /// - Parameters:
  ///   - policy: what is decided by.
  ///   - openPaths: calls that are let through in any case, such as `/grpc.health.v1.Health/*`: whole paths, or ones with a star at
  ///     the end or the start. None by default.
  ///   - auditing: which decisions `auditLog` is told, unless the policy itself says (`audit_logging_options`): those that refuse,
  ///     by default. Calls of open paths are not decided about.
  ///   - auditLog: told of decisions before the call goes on, on the thread that serves it, which it must not hold up.
  public init(
    _ policy: AuthorizationPolicy, leavingOpen openPaths: [String] = [],
    auditing: AuditedDecisions = .refusals, auditLog: (@Sendable (AuthorizationAudit) -> Void)? = nil
  ) {
    current = CurrentPolicy(policy)
    self.openPaths = openPaths.map(TextPattern.init)
    self.auditing = auditing
    self.auditLog = auditLog
    watchedFile = nil
  }

  /// Decides by the policy in a file, and takes over what is written there while the server runs.
  ///
  /// The file may be written in place, renamed over, or be a symbolic link that is turned: it is looked at every `interval`. A policy
  /// that cannot be read changes nothing: the one before it holds, also when the file is deleted.
  ///
  /// - Parameters:
  ///   - path: of a file of at most ``mostFileBytes``.
  ///   - interval: the time between two looks: 1 second.
  ///   - openPaths: as above.
  ///   - auditing: as above.
  ///   - auditLog: as above.
  ///   - onReload: told of each policy that is taken over after the first.
  ///   - onInvalid: told why what the file contains now is not taken over, once for each such content.
  /// - Throws: `AuthorizationPolicyError` if there is no policy to begin with.
  public init(
    watching path: String, every interval: Duration = .seconds(1), leavingOpen openPaths: [String] = [],
    auditing: AuditedDecisions = .refusals, auditLog: (@Sendable (AuthorizationAudit) -> Void)? = nil,
    onReload: @escaping @Sendable (AuthorizationPolicy) -> Void = { _ in },
    onInvalid: @escaping @Sendable (AuthorizationPolicyError) -> Void
  ) throws(AuthorizationPolicyError) {
    let current = CurrentPolicy(nil)
    watchedFile = try WatchedFiles([path], every: interval, mostByteCount: Self.mostFileBytes) {
      contents throws(AuthorizationPolicyError) in
      current.policy = try AuthorizationPolicy(contents[0], path: path)
    } onChange: { contents in
      do throws(AuthorizationPolicyError) {
        let policy = try AuthorizationPolicy(contents[0], path: path)
        current.policy = policy
        onReload(policy)
      } catch {
        onInvalid(error)
      }
    }
    self.current = current
    self.openPaths = openPaths.map(TextPattern.init)
    self.auditing = auditing
    self.auditLog = auditLog
  }

  /// Runs the rest of a call that the policy allows.
  ///
  /// - Throws: `RPCError` with `permissionDenied` for a call that it does not.
  public func intercept(_ context: ServerContext, next: () async throws -> Void) async throws {
    guard isAllowed(context) else {
      throw RPCError(.permissionDenied, "Unauthorized RPC request rejected.")
    }
    try await next()
  }

  private func isAllowed(_ context: ServerContext) -> Bool {
    let call = ServedCallFacts(context)
    if openPaths.contains(where: { $0.matches(call.path) }) { return true }
    // There is always one: an interceptor is not made without.
    guard let policy = current.policy else { return false }
    let decision = policy.decide(call)
    if let auditLog, (policy.audited ?? auditing).include(decision) {
      auditLog(
        AuthorizationAudit(
          method: context.method.path, principal: call.names.first ?? "", peer: call.peerAddress,
          policyName: policy.name, matchedRule: decision.rule ?? "", isAuthorized: decision.isAllowed))
    }
    return decision.isAllowed
  }
}

extension AuthorizationPolicy {
  /// Reads the policy in a file.
  fileprivate init(_ contents: FileContents, path: String) throws(AuthorizationPolicyError) {
    switch contents {
    case .unreadable(let reason): throw AuthorizationPolicyError(message: "\(path): \(reason)")
    case .bytes(let bytes):
      do throws(AuthorizationPolicyError) {
        try self.init(json: bytes)
      } catch {
        throw AuthorizationPolicyError(message: "\(path): \(error.message)")
      }
    }
  }
}

/// The policy that holds at the moment.
private final class CurrentPolicy: Sendable {
  private let state: Guarded<AuthorizationPolicy?>

  init(_ policy: AuthorizationPolicy?) {
    state = Guarded(policy)
  }

  var policy: AuthorizationPolicy? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
