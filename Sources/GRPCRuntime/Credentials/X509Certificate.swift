internal import COpenSSL

/// A certificate, as OpenSSL reads it.
@safe package final class X509Certificate: Sendable {
  // Sendable: never changed once read.
  nonisolated(unsafe) let pointer: OpaquePointer

  /// Reads a block of PEM.
  ///
  /// - Throws: `CertificateProblem` if it is no certificate.
  package init(_ block: PEMBlock) throws(CertificateProblem) {
    let read = unsafe OpenSSL.reading(Array(block.bytes)) { unsafe thin_read_certificate($0) }
    guard let pointer = unsafe read.value else {
      throw unsafe CertificateProblem("its \(block.label) cannot be read: \(read.reason)")
    }
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe X509_free(pointer)
  }

  /// The certificates among the blocks of a text, in their order.
  ///
  /// - Throws: `CertificateProblem` if there is none, or one cannot be read.
  package static func all(in text: [UInt8]) throws(CertificateProblem) -> [(PEMBlock, X509Certificate)] {
    var certificates: [(PEMBlock, X509Certificate)] = []
    let blocks = try PEMBlock.all(in: text)
    for block in blocks where block.isCertificate {
      certificates.append((block, try X509Certificate(block)))
    }
    if certificates.isEmpty {
      if text.isEmpty { throw CertificateProblem("it is empty") }
      if blocks.contains(where: \.isPrivateKey) {
        throw CertificateProblem("it has a private key and no certificate; are the two files exchanged?")
      }
      throw CertificateProblem(
        text.isDER
          ? "it is not PEM but DER; openssl x509 -inform DER makes PEM of it"
          : "it is not PEM: it has no certificate")
    }
    return certificates
  }

  /// The first moment at which it is valid, in seconds since 1970.
  package var notBefore: Int64 { unsafe thin_seconds(X509_get0_notBefore(pointer)) }

  /// The last moment at which it is valid, in seconds since 1970.
  package var notAfter: Int64 { unsafe thin_seconds(X509_get0_notAfter(pointer)) }

  /// - Throws: `CertificateProblem` if it is not valid at `seconds` since 1970.
  package func checkValidity(at seconds: Int64) throws(CertificateProblem) {
    if notAfter < seconds { throw CertificateProblem("it expired at \(Self.text(ofSeconds: notAfter))") }
    if notBefore > seconds {
      throw CertificateProblem("it is not valid yet: it will be at \(Self.text(ofSeconds: notBefore))")
    }
  }

  private static func text(ofSeconds seconds: Int64) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      unsafe thin_format_seconds(seconds, buffer.baseAddress!)
      return unsafe String(cString: buffer.baseAddress!)
    }
  }

  /// What a name in a certificate is.
  package enum NameKind: Sendable {
    case subject, common, dns, uri, email, ip
  }

  /// The subject, its common name and the subject alternative names.
  ///
  /// The text is nil for one that is no UTF-8 or has a zero byte in it: whoever compares C strings would see another name in it.
  package var names: [(kind: NameKind, text: String?)] {
    var names: [(kind: NameKind, text: String?)] = []
    unsafe withUnsafeMutablePointer(to: &names) { names in
      unsafe thin_visit_names(pointer, names) { context, kind, bytes, count in
        guard let kind = NameKind(kind) else { return }
        let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        let text = unsafe bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
        unsafe context!.assumingMemoryBound(to: [(kind: NameKind, text: String?)].self).pointee.append(
          (kind, text))
      }
    }
    return names
  }
}

extension X509Certificate.NameKind {
  fileprivate init?(_ kind: thin_name_kind) {
    switch kind {
    case THIN_NAME_SUBJECT: self = .subject
    case THIN_NAME_COMMON: self = .common
    case THIN_NAME_DNS: self = .dns
    case THIN_NAME_URI: self = .uri
    case THIN_NAME_EMAIL: self = .email
    case THIN_NAME_IP: self = .ip
    default: return nil
    }
  }
}

extension [UInt8] {
  /// Whether it begins as a certificate or key does that is not in PEM.
  var isDER: Bool { count > 2 && self[0] == 0x30 && self[1] & 0x80 != 0 }
}

/// Calls into OpenSSL, whose errors wait in a list of the thread.
enum OpenSSL {
  /// Calls `body` with the bytes to be read from, and returns its result with OpenSSL's reason for a failure.
  static func reading<Value>(
    _ bytes: [UInt8], _ body: (OpaquePointer?) -> Value
  ) -> (value: Value, reason: String) {
    unsafe bytes.withUnsafeBytes { bytes in
      let source = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
      defer { unsafe BIO_free(source) }
      return reasoning { unsafe body(source) }
    }
  }

  /// Calls `body`, and returns its result with OpenSSL's reason for a failure. The thread's list is empty afterwards: the core would take
  /// an error in it for one of a connection.
  static func reasoning<Value>(_ body: () -> Value) -> (value: Value, reason: String) {
    ERR_clear_error()
    defer { ERR_clear_error() }
    let value = body()
    let reason = unsafe thin_openssl_reason().map { unsafe String(cString: $0) }
    return (value, reason ?? "OpenSSL does not say why")
  }
}
