/// A block of a PEM text: from its BEGIN line to its END line.
package struct PEMBlock: Sendable, Hashable {
  /// What it says it is, such as `CERTIFICATE`.
  package let label: String
  /// The block, with its lines.
  package let bytes: ArraySlice<UInt8>

  package var isCertificate: Bool {
    ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains(label)
  }

  package var isPrivateKey: Bool { label.hasSuffix("PRIVATE KEY") }

  /// Whether it takes a passphrase to read it.
  package var isEncrypted: Bool {
    label == "ENCRYPTED PRIVATE KEY" || bytes.firstRange(of: "Proc-Type: 4,ENCRYPTED".utf8) != nil
  }

  /// The blocks of a text, in their order. What stands around them, such as a byte order mark or what OpenSSL prints, is no part of them.
  ///
  /// - Throws: `CertificateProblem` if a block does not end.
  package static func all(in text: [UInt8]) throws(CertificateProblem) -> [PEMBlock] {
    var blocks: [PEMBlock] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "-----BEGIN ".utf8) {
      let afterBegin = rest[begin.upperBound...]
      guard let labelEnd = afterBegin.firstRange(of: "-----".utf8),
        let label = String(validating: afterBegin[..<labelEnd.lowerBound], as: UTF8.self)
      else { throw CertificateProblem("it ends within a BEGIN line") }
      guard let end = afterBegin.firstRange(of: "-----END \(label)-----".utf8) else {
        throw CertificateProblem("it is cut off: there is no END line for \(label)")
      }
      blocks.append(PEMBlock(label: label, bytes: rest[begin.lowerBound..<end.upperBound]))
      rest = rest[end.upperBound...]
    }
    // A file that is being written, or whose disk was full.
    if rest.reversed().prefix(while: { $0 != UInt8(ascii: "\n") }).last == UInt8(ascii: "-") {
      throw CertificateProblem("it is cut off within its last line")
    }
    return blocks
  }
}

extension [PEMBlock] {
  /// The blocks as one text.
  package var text: [UInt8] { flatMap { $0.bytes + [UInt8(ascii: "\n")] } }
}

/// What is wrong with a certificate, a key or the file that it is in: the end of a sentence that names it.
package struct CertificateProblem: Error, Hashable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }
}
