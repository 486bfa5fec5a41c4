/// A text to be compared with, as policies have it: a star at its end or at its start stands for anything, a star alone for
/// anything but nothing. A star elsewhere is one.
///
/// Bytes are compared: what looks alike, or is the same to Unicode, is not the same to whom a name was given.
struct TextPattern: Hashable, Sendable {
  private enum Kind: Hashable, Sendable {
    case exactly([UInt8])
    case prefix([UInt8])
    case suffix([UInt8])
    case anything
  }
  private let kind: Kind

  init(_ text: String) {
    let bytes = Array(text.utf8)
    let star = UInt8(ascii: "*")
    if bytes == [star] {
      kind = .anything
    } else if bytes.first == star {
      kind = .suffix(Array(bytes.dropFirst()))
    } else if bytes.last == star {
      kind = .prefix(bytes.dropLast())
    } else {
      kind = .exactly(bytes)
    }
  }

  func matches(_ text: [UInt8]) -> Bool {
    switch kind {
    case .exactly(let bytes): text == bytes
    case .prefix(let bytes): text.starts(with: bytes)
    case .suffix(let bytes): text.suffix(bytes.count).elementsEqual(bytes)
    case .anything: !text.isEmpty
    }
  }
}
