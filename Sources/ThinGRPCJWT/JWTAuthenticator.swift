internal import GRPCRuntime
public import ThinGRPC
internal import ThinGRPCGuarding

/// Lets those calls through that carry a JSON Web Token (RFC 7519) that is good, and ends the others with `unauthenticated`.
///
/// The token is in the header `authorization`, as `Bearer`. Handlers find it in ``VerifiedToken/current``, and authorization policies compare their
/// principals with `jwt:ISSUER#SUBJECT`; put the authenticator before the interceptor that decides by a policy.
///
/// The signature is one of RSA (RS256 to PS512), of elliptic curves (ES256, ES384, ES512, EdDSA with Ed25519), or made with a secret (HS256, HS384,
/// HS512), and it is verified with the key's own algorithm alone, whatever the token says: a token without a signature, or one that is signed with a
/// public key as if it were a secret, is refused. Keys are those of a JSON Web Key Set (RFC 7517); nothing in a token adds to them.
public final class JWTAuthenticator: ServerInterceptor {
  private let keys: CurrentKeys
  private let requirements: JWTRequirements
  private let openPaths: [OpenPath]
  /// Keeps the file watched.
  private let watchedFile: WatchedFiles?

  /// The most bytes that a file with keys has: 1 MiB.
  public static let mostFileBytes = 1 << 20

  /// Verifies tokens with one set of keys.
  ///
  /// - Parameters:
  ///   - keys: a JSON Web Key Set.
  ///   - requirements: what a token must say.
  ///   - openPaths: calls that are let through without a look at their token, such as `/grpc.health.v1.Health/*`: whole paths, or ones with a star at
  ///     the end. None by default.
  /// - Throws: `JWKSError` if a key cannot be read, or none is there that could verify a token.
  public init(
    keys: String, requiring requirements: JWTRequirements, leavingOpen openPaths: [String] = []
  ) async throws(JWKSError) {
    self.keys = CurrentKeys(try await KeySet(reading: Array(keys.utf8)))
    self.requirements = requirements
    self.openPaths = openPaths.map(OpenPath.init)
    watchedFile = nil
  }

  /// Verifies tokens with the keys in a file, and takes over what is written there while the server runs.
  ///
  /// The file may be written in place, renamed over, or be a symbolic link that is turned: it is looked at every `interval`, and when a token names a key that
  /// is not known, once a second at most. A file that cannot be read, also because it is gone, changes nothing: the keys before hold.
  ///
  /// - Parameters:
  ///   - path: of a file of at most ``mostFileBytes`` with a JSON Web Key Set.
  ///   - interval: the time between two looks: 1 second.
  ///   - requirements: what a token must say.
  ///   - openPaths: as above.
  ///   - onReload: told when other keys have been taken over.
  ///   - onInvalid: told why what the file contains now is not taken over, once for each such content.
  /// - Throws: `JWKSError` if there are no keys to begin with.
  public init(
    watching path: String, every interval: Duration = .seconds(1), requiring requirements: JWTRequirements,
    leavingOpen openPaths: [String] = [], onReload: @escaping @Sendable () -> Void = {},
    onInvalid: @escaping @Sendable (JWKSError) -> Void
  ) async throws(JWKSError) {
    let keys = CurrentKeys(nil)
    var first: FileContents?
    watchedFile = WatchedFiles([path], every: interval, mostByteCount: Self.mostFileBytes) { contents in
      first = contents[0]
    } onChange: { contents in
      // Waits, on the queue of the watched files and no other, for keys that only asynchronous functions make.
      switch KeySet.waiting(for: contents[0], path: path) {
      case .success(let set):
        keys.replace(with: set)
        onReload()
      case .failure(let error): onInvalid(error)
      }
    }
    keys.begin(with: try await KeySet(first!, path: path))
    self.keys = keys
    self.requirements = requirements
    self.openPaths = openPaths.map(OpenPath.init)
  }

  /// Runs the rest of a call with a good token.
  ///
  /// - Throws: `RPCError` with `unauthenticated`, and why in its message, for any other.
  public func intercept(_ context: ServerContext, next: () async throws -> Void) async throws {
    if openPaths.contains(where: { $0.matches(context.method.path) }) { return try await next() }
    let token: VerifiedToken
    do throws(RefusedToken) {
      token = try await verified(BearerHeader.token(in: context.metadata))
    } catch {
      throw RPCError(.unauthenticated, error.reason)
    }
    let names = ["jwt:\(token.issuer)#\(token.subject ?? "")"]
    try await VerifiedToken.$current.withValue(token) {
      try await CallPrincipal.$current.withValue(CallPrincipal(names: names)) { try await next() }
    }
  }

  /// Verifies a token, and says why it is refused otherwise.
  func verified(_ text: String, now: Double? = nil) async throws(RefusedToken) -> VerifiedToken {
    let token = try SignedToken(text)
    if !keys.current.knows(token), let watchedFile, keys.mayLookAgain() { await watchedFile.look() }
    try keys.current.verify(token)
    return try requirements.check(token.payload, now: now ?? WallClock.seconds)
  }
}

/// The keys that hold at the moment.
private final class CurrentKeys: Sendable {
  private struct State {
    var keys: KeySet?
    var lastLook: ContinuousClock.Instant?
  }
  private let state: Guarded<State>

  init(_ keys: KeySet?) {
    state = Guarded(State(keys: keys))
  }

  /// An authenticator is not made without any.
  var current: KeySet { state.withLock { $0.keys ?? KeySet() } }

  /// The first keys, unless the file has others already.
  func begin(with keys: KeySet) {
    state.withLock { if $0.keys == nil { $0.keys = keys } }
  }

  func replace(with keys: KeySet) {
    state.withLock { $0.keys = keys }
  }

  /// Whether the file may be looked at because of a key that is not known: whoever sends such tokens must not keep the disk busy.
  func mayLookAgain() -> Bool {
    state.withLock { state in
      if let lastLook = state.lastLook, .now - lastLook < .seconds(1) { return false }
      state.lastLook = .now
      return true
    }
  }
}

/// Calls that need no token.
private struct OpenPath: Sendable {
  private let text: [UInt8]
  private let isPrefix: Bool

  init(_ text: String) {
    isPrefix = text.utf8.last == UInt8(ascii: "*")
    self.text = isPrefix ? text.utf8.dropLast() : Array(text.utf8)
  }

  func matches(_ path: String) -> Bool {
    isPrefix ? path.utf8.starts(with: text) : path.utf8.elementsEqual(text)
  }
}
