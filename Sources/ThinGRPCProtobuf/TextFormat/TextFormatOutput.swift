/// Text format as it is written: lines of fields, indented, or all fields on one line.
struct TextFormatOutput {
  private(set) var bytes: [UInt8] = []
  private let isSingleLine: Bool
  /// How many messages are open.
  private(set) var depth = 0

  init(isSingleLine: Bool) { self.isSingleLine = isSingleLine }

  /// Begins the line of a field; its name comes next.
  mutating func beginField() {
    if isSingleLine {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: " ")) }
    } else {
      bytes.append(
        contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }
  }

  /// Ends the line of a field.
  mutating func endField() {
    if !isSingleLine { bytes.append(UInt8(ascii: "\n")) }
  }

  /// Opens the message that is the value of a field.
  mutating func openMessage() {
    append(" {")
    endField()
    depth += 1
  }

  mutating func closeMessage() {
    depth -= 1
    beginField()
    bytes.append(UInt8(ascii: "}"))
    endField()
  }

  mutating func append(_ text: StaticString) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func append(_ text: some Collection<UInt8>) { bytes.append(contentsOf: text) }

  mutating func append(_ number: some BinaryInteger) { bytes.append(contentsOf: String(number).utf8) }

  /// The shortest text that reads back as the same number.
  mutating func append(_ number: Double) { append(floating: number.isNaN ? "nan" : number.description) }

  /// The shortest text that reads back as the same number.
  mutating func append(_ number: Float) { append(floating: number.isNaN ? "nan" : number.description) }

  private mutating func append(floating text: String) {
    // As everyone else writes whole numbers.
    bytes.append(contentsOf: text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...])
  }

  /// As many hexadecimal digits as the number has bytes twice.
  mutating func append<Number: FixedWidthInteger & UnsignedInteger>(hexadecimal number: Number) {
    append("0x")
    let digits = String(number, radix: 16)
    bytes.append(
      contentsOf: repeatElement(UInt8(ascii: "0"), count: Number.bitWidth / 4 - digits.utf8.count))
    bytes.append(contentsOf: digits.utf8)
  }

  /// Text in quotes; what is not ASCII stays as it is.
  mutating func append(quotedText text: UnsafeBufferPointer<UInt8>) {
    unsafe append(quoted: text, isText: true)
  }

  /// Bytes in quotes, with an escape for each that is not printable ASCII.
  mutating func append(quotedBytes text: UnsafeBufferPointer<UInt8>) {
    unsafe append(quoted: text, isText: false)
  }

  private mutating func append(quoted text: UnsafeBufferPointer<UInt8>, isText: Bool) {
    bytes.append(UInt8(ascii: "\""))
    for index in text.indices {
      let byte = unsafe text[index]
      switch byte {
      case UInt8(ascii: "\n"): append("\\n")
      case UInt8(ascii: "\r"): append("\\r")
      case UInt8(ascii: "\t"): append("\\t")
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "'"): append("\\'")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x20..<0x7f: bytes.append(byte)
      case 0x80... where isText: bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(ascii: "0") + byte >> 6)
        bytes.append(UInt8(ascii: "0") + byte >> 3 & 7)
        bytes.append(UInt8(ascii: "0") + byte & 7)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
