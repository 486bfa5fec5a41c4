internal import GRPCRuntime

/// Where certificates and keys come from.
struct CertificateSources: Sendable, Hashable {
  var identity: TLSIdentity?
  var roots: PEMSource?

  /// The files that they come from.
  var paths: [String] {
    [identity?.certificateChain, identity?.privateKey, roots].compactMap { source in
      if case .file(let path) = source?.place { path } else { nil }
    }
  }

  /// What is in one of the files.
  static func contents(of path: String) -> FileContents {
    FileContents(of: path, mostByteCount: CertificateFile.mostBytes)
  }

  /// Reads them, and looks at them closely enough that connections will not fail for them.
  ///
  /// - Parameter contents: what is in a file.
  /// - Throws: `SetupError` with `invalidCertificate` that says which is unusable, and why.
  func load(
    _ contents: (String) -> FileContents = CertificateSources.contents
  ) throws(SetupError) -> CertificateMaterial {
    var identityMaterial: CertificateMaterial.Identity?
    if let identity {
      let chain = try Self.read(identity.certificateChain, contents, as: "certificate")
      let key = try Self.read(identity.privateKey, contents, as: "private key")
      do {
        identityMaterial = try CertificateMaterial.Identity(
          chain: chain, key: key, at: CertificateMaterial.now)
      } catch {
        throw Self.error(for: error, in: identity)
      }
    }
    var rootMaterial: [UInt8]?
    if let roots {
      let text = try Self.read(roots, contents, as: "list of roots")
      do { rootMaterial = try CertificateMaterial.roots(in: text) } catch {
        throw Self.error(for: error, in: roots, as: "list of roots")
      }
    }
    return CertificateMaterial(identity: identityMaterial, roots: rootMaterial)
  }

  private static func read(
    _ source: PEMSource, _ contents: (String) -> FileContents, as role: String
  ) throws(SetupError) -> [UInt8] {
    switch source.place {
    case .bytes(let bytes): return bytes
    case .file(let path):
      switch contents(path) {
      case .bytes(let bytes): return bytes
      case .unreadable(let reason): throw error(for: CertificateProblem(reason), in: source, as: role)
      }
    }
  }

  private static func error(
    for problem: CertificateMaterial.Identity.Problem, in identity: TLSIdentity
  ) -> SetupError {
    switch problem {
    case .chain(let problem): error(for: problem, in: identity.certificateChain, as: "certificate")
    case .key(let problem): error(for: problem, in: identity.privateKey, as: "private key")
    case .pair(let problem):
      SetupError(
        .invalidCertificate,
        "The \(identity.privateKey.description(as: "private key")) \(problem.text): "
          + "it is of another key than the \(identity.certificateChain.description(as: "certificate"))")
    }
  }

  private static func error(for problem: CertificateProblem, in source: PEMSource, as role: String)
    -> SetupError
  {
    SetupError(.invalidCertificate, "The \(source.description(as: role)) cannot be used: \(problem.text)")
  }
}

extension PEMSource {
  fileprivate func description(as role: String) -> String {
    switch place {
    case .file(let path): "\(role) in \(path.quotedForMessage)"
    case .bytes: "\(role) that was given"
    }
  }
}
