/// Certificates or a private key in PEM: in a file, or given.
///
/// What stands around the blocks of PEM, such as a byte order mark or what `openssl x509 -text` prints, does not matter.
public struct PEMSource: Sendable, Hashable {
  enum Place: Hashable {
    case file(path: String)
    case bytes([UInt8])
  }

  let place: Place

  /// A regular file of at most 4 MiB, read when the server or channel is made.
  public static func file(_ path: String) -> PEMSource { PEMSource(place: .file(path: path)) }

  /// The bytes of a text in PEM.
  public static func bytes(_ bytes: [UInt8]) -> PEMSource { PEMSource(place: .bytes(bytes)) }

  /// A text in PEM.
  public static func text(_ text: String) -> PEMSource { PEMSource(place: .bytes(Array(text.utf8))) }
}

/// A certificate with its private key: how one side of a connection proves who it is.
public struct TLSIdentity: Sendable, Hashable {
  /// The certificate of the key, followed by those of the authorities in between, up to but not including one that the other side knows.
  public var certificateChain: PEMSource
  /// The private key of the first certificate, not encrypted; RSA, elliptic curves or Ed25519.
  public var privateKey: PEMSource

  /// Names a certificate and its key. Both may be in one file.
  public init(certificateChain: PEMSource, privateKey: PEMSource) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
  }
}

/// The oldest version of TLS that is spoken.
public enum TLSVersion: Sendable, Hashable {
  /// TLS 1.2 and 1.3, with ciphers that HTTP/2 allows.
  case tls12
  /// TLS 1.3 alone.
  case tls13
}
