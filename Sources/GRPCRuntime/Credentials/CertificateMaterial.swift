internal import COpenSSL
internal import Glibc

/// Certificates and keys that were looked at: what the core is given of them, in PEM.
package struct CertificateMaterial: Sendable, Hashable {
  /// A certificate chain and the key of its first certificate.
  package struct Identity: Sendable, Hashable {
    let chain: [UInt8]
    let key: [UInt8]
    /// The last moment at which the first certificate is valid, in seconds since 1970.
    package let notAfter: Int64
  }

  package let identity: Identity?
  /// The certificates that are trusted.
  package let roots: [UInt8]?

  package init(identity: Identity?, roots: [UInt8]?) {
    self.identity = identity
    self.roots = roots
  }

  /// Now, in seconds since 1970.
  package static var now: Int64 { Int64(time(nil)) }

  /// Reads a list of certificates that are to be trusted.
  ///
  /// - Throws: `CertificateProblem` if it has none, or one cannot be read.
  package static func roots(in text: [UInt8]) throws(CertificateProblem) -> [UInt8] {
    try X509Certificate.all(in: text).map(\.0).text
  }
}

extension CertificateMaterial.Identity {
  /// Which of the two texts has a problem, or that it is between them.
  package enum Problem: Error {
    case chain(CertificateProblem)
    case key(CertificateProblem)
    case pair(CertificateProblem)
  }

  /// Reads a chain and its key, and has OpenSSL take them as it will for the core.
  ///
  /// - Throws: a `Problem` with whatever would keep them from being used, which the core would find at the first connection at best.
  package init(chain: [UInt8], key: [UInt8], at seconds: Int64) throws(Problem) {
    let certificates: [(PEMBlock, X509Certificate)]
    do { certificates = try X509Certificate.all(in: chain) } catch { throw .chain(error) }
    let keyBlock: PEMBlock
    let privateKey: PrivateKey
    do throws(CertificateProblem) {
      keyBlock = try PrivateKey.block(in: key)
      privateKey = try PrivateKey(keyBlock)
    } catch { throw .key(error) }
    let own = certificates[0].1
    guard privateKey.belongs(to: own) else {
      if let index = certificates.firstIndex(where: { privateKey.belongs(to: $0.1) }) {
        throw .chain(
          CertificateProblem(
            "it is in the wrong order: the certificate of the key must come first, and is number \(index + 1)"
          ))
      }
      throw .pair(CertificateProblem("does not match the certificate"))
    }
    do { try own.checkValidity(at: seconds) } catch { throw .chain(error) }
    if let reason = OpenSSL.refusal(of: own, privateKey) {
      throw .chain(CertificateProblem("OpenSSL does not take it: \(reason)"))
    }
    self.init(chain: certificates.map(\.0).text, key: [keyBlock].text, notAfter: own.notAfter)
  }
}

/// A private key, as OpenSSL reads it.
@safe private final class PrivateKey {
  let pointer: OpaquePointer

  static func block(in text: [UInt8]) throws(CertificateProblem) -> PEMBlock {
    let blocks = try PEMBlock.all(in: text)
    guard let block = blocks.first(where: \.isPrivateKey) else {
      if text.isEmpty { throw CertificateProblem("it is empty") }
      if blocks.contains(where: \.isCertificate) {
        throw CertificateProblem("it has a certificate and no private key; are the two files exchanged?")
      }
      throw CertificateProblem(
        text.isDER
          ? "it is not PEM but DER; openssl pkey -inform DER makes PEM of it"
          : "it is not PEM: it has no private key")
    }
    if block.isEncrypted {
      throw CertificateProblem("it is encrypted with a passphrase; openssl pkey takes it off")
    }
    return block
  }

  init(_ block: PEMBlock) throws(CertificateProblem) {
    let read = unsafe OpenSSL.reading(Array(block.bytes)) { unsafe thin_read_private_key($0) }
    guard let pointer = unsafe read.value else {
      throw unsafe CertificateProblem("its \(block.label) cannot be read: \(read.reason)")
    }
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe EVP_PKEY_free(pointer)
  }

  func belongs(to certificate: X509Certificate) -> Bool {
    OpenSSL.reasoning { unsafe X509_check_private_key(certificate.pointer, pointer) == 1 }.value
  }
}

extension OpenSSL {
  /// Why OpenSSL, as it is configured on this machine, takes no such certificate: one whose key is too short, for example.
  fileprivate static func refusal(of certificate: X509Certificate, _ key: PrivateKey) -> String? {
    guard let context = unsafe SSL_CTX_new(TLS_method()) else { return "there is no memory" }
    defer { unsafe SSL_CTX_free(context) }
    let (isTaken, reason) = reasoning {
      unsafe SSL_CTX_use_certificate(context, certificate.pointer) == 1
        && SSL_CTX_use_PrivateKey(context, key.pointer) == 1
    }
    return isTaken ? nil : reason
  }
}
