internal import CGRPCShim
internal import Glibc

/// A `grpc_tls_certificate_provider`: what the core's credentials take their certificates and keys from.
@safe package final class CertificateProvider: Sendable {
  // Sendable: the core's object may be used from any thread; the files are replaced in one step each.
  nonisolated(unsafe) let pointer: OpaquePointer
  private let files: (identity: MemoryFile?, roots: MemoryFile?)
  let hasIdentity: Bool
  let hasRoots: Bool

  /// One that never changes (`grpc_tls_certificate_provider_static_data_create`).
  package init(fixed material: CertificateMaterial) {
    Environment.initialize()
    files = (nil, nil)
    hasIdentity = material.identity != nil
    hasRoots = material.roots != nil
    var pairs: OpaquePointer?
    if let identity = material.identity {
      unsafe pairs = unsafe grpc_tls_identity_pairs_create()
      unsafe identity.key.withCString { key in
        unsafe identity.chain.withCString { unsafe grpc_tls_identity_pairs_add_pair(pairs, key, $0) }
      }
    }
    unsafe pointer = (material.roots ?? []).withCString {
      unsafe grpc_tls_certificate_provider_static_data_create($0, pairs)
    }
  }

  /// One that is given other certificates while it is used (`grpc_tls_certificate_provider_file_watcher_create`).
  ///
  /// The core has but one such provider: it reads files again and again, and takes whatever they have. So it gets files of its own, in
  /// memory, which only ever have what was looked at, and where the core has the function for it, it reads them when it is told to.
  ///
  /// - Throws: `CertificateProblem` if the system has no such files.
  package init(replaceable material: CertificateMaterial) throws(CertificateProblem) {
    Environment.initialize()
    files = (
      try material.identity.map { (identity) throws(CertificateProblem) in try MemoryFile(identity.file) },
      try material.roots.map { (roots) throws(CertificateProblem) in try MemoryFile(roots) }
    )
    hasIdentity = material.identity != nil
    hasRoots = material.roots != nil
    // 136 years; otherwise the core looks each second.
    let interval: UInt32 = thin_can_force_update() ? .max : 1
    let (identityPath, rootsPath) = (files.identity?.path, files.roots?.path)
    let (pointer, problem) = unsafe CoreLog.capturingError {
      unsafe grpc_tls_certificate_provider_file_watcher_create(
        identityPath, identityPath, rootsPath, interval)
    }
    unsafe self.pointer = unsafe pointer!
    // The one who made it releases it.
    if !problem.isEmpty {
      unsafe grpc_tls_certificate_provider_release(pointer)
      throw CertificateProblem("the core cannot read it: \(problem)")
    }
  }

  deinit {
    unsafe grpc_tls_certificate_provider_release(pointer)
  }

  /// Has connections from now on made with other certificates; those that are there go on. One update at a time.
  ///
  /// - Throws: `CertificateProblem` if they could not be handed over. Connections are then made with those from before; credentials that
  ///   are made meanwhile may have none until an update succeeds.
  package func update(to material: CertificateMaterial) throws(CertificateProblem) {
    if let identity = material.identity { try files.identity?.replace(with: identity.file) }
    if let roots = material.roots { try files.roots?.replace(with: roots) }
    guard thin_can_force_update() else { return }
    let (_, problem) = CoreLog.capturingError { unsafe thin_force_update(pointer) }
    if !problem.isEmpty { throw CertificateProblem("the core cannot read it: \(problem)") }
  }
}

extension CertificateMaterial.Identity {
  /// Key and chain as one text: a file is replaced in one step, two files are not.
  fileprivate var file: [UInt8] { key + chain }
}

/// A file that is in memory alone, and that the core can open by a path.
private final class MemoryFile: Sendable {
  private let descriptor: Int32

  init(_ bytes: [UInt8]) throws(CertificateProblem) {
    descriptor = try Self.make(bytes)
  }

  deinit {
    close(descriptor)
  }

  var path: String { "/proc/self/fd/\(descriptor)" }

  /// Puts another file in its place.
  func replace(with bytes: [UInt8]) throws(CertificateProblem) {
    let new = try Self.make(bytes)
    defer { close(new) }
    guard thin_replace_descriptor(descriptor, new) >= 0 else { throw Self.failure() }
  }

  private static func make(_ bytes: [UInt8]) throws(CertificateProblem) -> Int32 {
    let descriptor = thin_memory_file()
    guard descriptor >= 0 else { throw failure() }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let failure = failure()
        close(descriptor)
        throw failure
      }
      rest = rest.dropFirst(count)
    }
    return descriptor
  }

  private static func failure() -> CertificateProblem {
    CertificateProblem("it cannot be handed to the core: \(unsafe String(cString: strerror(errno)))")
  }
}

extension [UInt8] {
  /// Calls `body` with the bytes as a string of C.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    unsafe (self + [0]).withUnsafeBytes { unsafe body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
  }
}
