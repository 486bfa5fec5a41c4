internal import GRPCRuntime
internal import ThinGRPCGuarding

/// Certificates that are read anew when their files change, for servers and channels that go on meanwhile.
///
/// What has changed is looked at first: that it is whole, that key and certificate belong together, that the certificate is valid now and
/// that OpenSSL takes it. Then connections from then on are made with it, and those that are there go on with what they have. Otherwise
/// nothing changes, and `onEvent` is told why. Files that are replaced one after the other, cut off or swapped do no harm so.
///
/// Files are compared by what is in them, links are followed: the renaming of folders by which Kubernetes changes its secrets is seen. Keep it
/// no longer than what uses it: servers and channels do.
public final class WatchedCertificates: Sendable {
  /// What has become of certificates.
  public enum Event: Sendable, Hashable {
    /// Connections are made with new ones from now on.
    case replaced
    /// The files have changed, but to something that cannot be used: those from before are. Told once for each such state of the files.
    case refused(SetupError)
    /// The certificate that is used has expired, and there is no other. Told once.
    case expired
  }

  let provider: CertificateProvider
  let hasIdentity: Bool
  let hasRoots: Bool
  private let sources: CertificateSources
  private let onEvent: (@Sendable (Event) -> Void)?
  private let state: Guarded<State>

  private struct State {
    /// What connections are made with; nil where the last replacement has failed half-way.
    var used: CertificateMaterial?
    var lastRefusal: SetupError?
    var hasToldExpiry = false
    /// Keeps the files watched.
    var watching: WatchedFiles?
  }

  /// Reads certificates, and watches their files.
  ///
  /// - Parameters:
  ///   - identity: the certificate and its key; a server needs it.
  ///   - roots: the certificates that the other side's must go back to. Nil: those of the system for a channel, and none for a server.
  ///   - checkInterval: how often the files are looked at, at least every 100 milliseconds; nil for only when `reload` is called.
  ///   - onEvent: told of every replacement and refusal, on a thread that must not be held up for long.
  /// - Throws: `SetupError` with `invalidCertificate` that says which file cannot be used, and why; with `invalidConfiguration` if there
  ///   is neither an identity nor roots.
  public init(
    identity: TLSIdentity?, roots: PEMSource? = nil, checkInterval: Duration? = .seconds(10),
    onEvent: (@Sendable (Event) -> Void)? = nil
  ) throws(SetupError) {
    if identity == nil, roots == nil {
      throw SetupError(.invalidConfiguration, "There is neither an identity nor a list of roots to watch")
    }
    sources = CertificateSources(identity: identity, roots: roots)
    hasIdentity = identity != nil
    hasRoots = roots != nil
    self.onEvent = onEvent
    let material = try sources.load()
    do { provider = try CertificateProvider(replaceable: material) } catch {
      throw SetupError(.invalidCertificate, "The certificate cannot be used: \(error.text)")
    }
    state = Guarded(State(used: material))
    if let checkInterval { watch(every: max(checkInterval, .milliseconds(100))) }
  }

  /// Reads the files now: for whoever is told of a change, by a signal for example.
  ///
  /// - Returns: whether connections from now on are made with something else.
  /// - Throws: `SetupError` with `invalidCertificate` if what is in the files cannot be used; nothing changes then. `onEvent` is told too.
  @discardableResult
  public func reload() throws(SetupError) -> Bool {
    do {
      return try use(sources.load())
    } catch {
      refuse(error)
      throw error
    }
  }

  /// How long the certificate that is used is still valid; nil where there is none, negative once it has expired.
  public var remainingValidity: Duration? {
    state.withLock { $0.used?.identity }.map { .seconds($0.notAfter - CertificateMaterial.now) }
  }

  private func watch(every interval: Duration) {
    let watching = WatchedFiles(
      sources.paths, every: interval, mostByteCount: CertificateFile.mostBytes
    ) { contents in
      // Something else may have been written since they were read.
      take(contents)
    } onChange: { [weak self] contents in
      self?.take(contents)
    } onLook: { [weak self] contents in
      self?.noteTime(contents)
    }
    state.withLock { $0.watching = watching }
  }
}

extension WatchedCertificates {
  /// Takes what is in the files, in the order of their paths, if it can be used.
  private func take(_ contents: [FileContents]) {
    let paths = sources.paths
    do throws(SetupError) {
      try use(
        sources.load { path in
          paths.firstIndex(of: path).map { contents[$0] } ?? CertificateSources.contents(of: path)
        })
    } catch {
      refuse(error)
    }
  }

  /// Does what is due without a change: what was refused may be valid by now, and what is used may not be any more.
  private func noteTime(_ contents: [FileContents]) {
    if state.withLock({ $0.lastRefusal != nil }) { take(contents) }
    tellOfExpiry()
  }

  @discardableResult
  private func use(_ material: CertificateMaterial) throws(SetupError) -> Bool {
    let isNew = try state.withLock { state throws(SetupError) in
      state.lastRefusal = nil
      if state.used == material { return false }
      state.used = nil
      do throws(CertificateProblem) { try provider.update(to: material) } catch {
        throw SetupError(.invalidCertificate, "The certificate cannot be used: \(error.text)")
      }
      state.used = material
      state.hasToldExpiry = false
      return true
    }
    if isNew { onEvent?(.replaced) }
    return isNew
  }

  private func refuse(_ error: SetupError) {
    let isNew = state.withLock { state in
      defer { state.lastRefusal = error }
      return state.lastRefusal != error
    }
    if isNew { onEvent?(.refused(error)) }
  }

  private func tellOfExpiry() {
    let isNew = state.withLock { state in
      guard !state.hasToldExpiry, let notAfter = state.used?.identity?.notAfter,
        notAfter < CertificateMaterial.now
      else { return false }
      state.hasToldExpiry = true
      return true
    }
    if isNew { onEvent?(.expired) }
  }
}
