internal import CGRPCShim
internal import ThinGRPCGuarding

/// Decides on a peer after its handshake, once its certificate has been verified as far as it is at all.
package struct PeerVerifier: Sendable {
  /// The certificates that a peer has sent.
  package struct Request: Sendable {
    /// The name that the client connects to; nil on a server.
    package let targetName: String?
    /// The peer's own certificate, in PEM.
    package let certificate: [UInt8]
    /// With those that the peer sent beside it, in PEM.
    package let chain: [UInt8]
  }

  /// Returns why the peer is refused, or nil.
  let check: @Sendable (Request) async -> String?
  /// How long the check may take. The core waits for it for ever, also where the handshake's time is over.
  let timeLimit: Duration

  package init(timeLimit: Duration, check: @escaping @Sendable (Request) async -> String?) {
    self.check = check
    self.timeLimit = timeLimit
  }
}

/// What the core calls to verify a peer: a `grpc_tls_certificate_verifier_external`.
@safe final class CoreVerifier: Sendable {
  private let verifier: PeerVerifier?
  // Sendable: never changed. The core's check of the name; nil where it is not checked.
  private nonisolated(unsafe) let nameVerifier: OpaquePointer?
  private let pending = Guarded<[UInt: PendingVerification]>([:])
  private let order = HandedToCore()

  /// A verifier that the caller releases: it checks the name, then the form of all names, then asks `verifier`.
  static func make(_ verifier: PeerVerifier?, checksName: Bool) -> OpaquePointer? {
    let functions = UnsafeMutablePointer<grpc_tls_certificate_verifier_external>.allocate(capacity: 1)
    let state = unsafe CoreVerifier(
      verifier, nameVerifier: checksName ? grpc_tls_certificate_verifier_host_name_create() : nil, functions)
    state.order.give()
    unsafe functions.initialize(
      to: grpc_tls_certificate_verifier_external(
        user_data: Unmanaged.passRetained(state).toOpaque(),
        verify: { state, request, callback, argument, status, details in
          unsafe CoreVerifier.from(state).verify(request!, callback!, argument, status!, details!)
        },
        cancel: { state, request in unsafe CoreVerifier.from(state).cancel(request!) },
        destruct: { state in unsafe Unmanaged<CoreVerifier>.fromOpaque(state!).release() }))
    return unsafe grpc_tls_certificate_verifier_external_create(functions)
  }

  private nonisolated(unsafe) let functions: UnsafeMutablePointer<grpc_tls_certificate_verifier_external>

  private init(
    _ verifier: PeerVerifier?, nameVerifier: OpaquePointer?,
    _ functions: UnsafeMutablePointer<grpc_tls_certificate_verifier_external>
  ) {
    self.verifier = verifier
    unsafe self.nameVerifier = unsafe nameVerifier
    unsafe self.functions = unsafe functions
  }

  deinit {
    unsafe grpc_tls_certificate_verifier_release(nameVerifier)
    unsafe functions.deallocate()
  }

  private static func from(_ state: UnsafeMutableRawPointer?) -> CoreVerifier {
    let verifier = unsafe Unmanaged<CoreVerifier>.fromOpaque(state!).takeUnretainedValue()
    verifier.order.take()
    return verifier
  }

  /// - Returns: 0 if the outcome will be told to `callback`; otherwise it is in `status` and `details`.
  private func verify(
    _ request: UnsafeMutablePointer<grpc_tls_custom_verification_check_request>,
    _ callback: @escaping PendingVerification.Callback, _ argument: UnsafeMutableRawPointer?,
    _ status: UnsafeMutablePointer<grpc_status_code>,
    _ details: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  ) -> Int32 {
    if let nameVerifier = unsafe nameVerifier {
      // The check of a name ends at once.
      _ = unsafe grpc_tls_certificate_verifier_verify(nameVerifier, request, nil, nil, status, details)
      if unsafe status.pointee != GRPC_STATUS_OK { return 1 }
    }
    // A peer without a certificate has been let in as one.
    guard let certificate = unsafe request.pointee.peer_info.peer_cert else { return 1 }
    let bytes = unsafe Array(String(cString: certificate).utf8)
    let host =
      unsafe nameVerifier == nil ? nil : request.pointee.target_name.map { unsafe String(cString: $0) }
    if let problem = Self.problem(of: bytes, for: host) {
      unsafe status.pointee = GRPC_STATUS_UNAUTHENTICATED
      unsafe details.pointee = unsafe gpr_strdup(problem)
      return 1
    }
    guard let verifier else { return 1 }
    let chain = unsafe request.pointee.peer_info.peer_cert_full_chain ?? certificate
    let peer = unsafe PeerVerifier.Request(
      targetName: request.pointee.target_name.map { unsafe String(cString: $0) }, certificate: bytes,
      chain: Array(String(cString: chain).utf8))
    let verification = unsafe PendingVerification(request, callback, argument)
    let key = UInt(bitPattern: request)
    pending.withLock { $0[key] = verification }
    verification.start(verifier, peer) { [self] in pending.withLock { $0[key] = nil } }
    return 0
  }

  /// Why a certificate is refused that is as good for `host` as the core can tell, where it was to be for one. The core compares names up
  /// to a zero byte, and so takes one for another, and what a wildcard stands for with the end of addresses, too.
  private static func problem(of certificate: [UInt8], for host: String?) -> String? {
    do throws(CertificateProblem) {
      let certificate = try X509Certificate.all(in: certificate)[0].1
      if certificate.names.contains(where: { $0.text == nil }) {
        return "The certificate has a name with a zero byte in it"
      }
      if let host, !certificate.isFor(host) { return "The certificate is for \(host) by too wide a wildcard" }
      return nil
    } catch {
      return "The certificate cannot be read: \(error.text)"
    }
  }

  private func cancel(_ request: UnsafeMutablePointer<grpc_tls_custom_verification_check_request>) {
    let verification = pending.withLock { $0[UInt(bitPattern: request)] }
    // Not here: the core holds its locks.
    Task.detached { verification?.end("the handshake was given up") }
  }
}

/// A verification that goes on, and is ended once: by its outcome, its time limit or its cancellation.
@safe private final class PendingVerification: Sendable {
  typealias Callback =
    @convention(c) (
      UnsafeMutablePointer<grpc_tls_custom_verification_check_request>?, UnsafeMutableRawPointer?,
      grpc_status_code,
      UnsafePointer<CChar>?
    ) -> Void

  // Sendable: never changed, and used once.
  private nonisolated(unsafe) let request: UnsafeMutablePointer<grpc_tls_custom_verification_check_request>
  private nonisolated(unsafe) let callback: Callback
  private nonisolated(unsafe) let argument: UnsafeMutableRawPointer?
  private struct State {
    var isOver = false
    var tasks: [Task<Void, Never>] = []
    var atEnd: (@Sendable () -> Void)?
  }
  private let state = Guarded(State())

  init(
    _ request: UnsafeMutablePointer<grpc_tls_custom_verification_check_request>,
    _ callback: @escaping Callback,
    _ argument: UnsafeMutableRawPointer?
  ) {
    unsafe self.request = unsafe request
    unsafe self.callback = unsafe callback
    unsafe self.argument = unsafe argument
  }

  func start(_ verifier: PeerVerifier, _ peer: PeerVerifier.Request, atEnd: @escaping @Sendable () -> Void) {
    state.withLock { $0.atEnd = atEnd }
    let check = Task.detached { self.end(await verifier.check(peer)) }
    let limit = Task.detached {
      guard (try? await Task.sleep(for: verifier.timeLimit)) != nil else { return }
      self.end("the verifier took longer than \(verifier.timeLimit)")
    }
    let isOver = state.withLock { state in
      if !state.isOver { state.tasks = [check, limit] }
      return state.isOver
    }
    if isOver { limit.cancel() }
  }

  /// Tells the core the outcome, unless it knows it already. On no thread of the core's.
  func end(_ refusal: String?) {
    let ended: State? = state.withLock { state in
      if state.isOver { return nil }
      defer { state = State(isOver: true) }
      return state
    }
    guard let ended else { return }
    ended.atEnd?()
    for task in ended.tasks { task.cancel() }
    if let refusal {
      unsafe callback(request, argument, GRPC_STATUS_UNAUTHENTICATED, refusal)
    } else {
      unsafe callback(request, argument, GRPC_STATUS_OK, nil)
    }
  }
}
