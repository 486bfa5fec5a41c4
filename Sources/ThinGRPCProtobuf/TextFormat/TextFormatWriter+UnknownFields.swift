extension TextFormatWriter {
  /// How many levels of what may be a message or a string are taken for messages.
  private static var guessedDepth: Int { 10 }

  /// Writes the fields that the message of `image` came with and its type does not know, by their numbers.
  mutating func writeUnknownFields(of image: UnsafeRawPointer) {
    let unknownFields = unsafe MessageReader(image, arena).unknownFields
    if unknownFields.isEmpty { return }
    unsafe unknownFields.bytes.withUnsafeBytes { bytes in
      let fields = unsafe UnknownFieldBytes(bytes)
      // They were checked when they were received.
      if fields.areFields { write(fields, guessedDepth: Self.guessedDepth) }
    }
  }

  private mutating func write(_ fields: UnknownFieldBytes, guessedDepth: Int) {
    var fields = fields
    var openGroups = 0
    while let (number, value) = fields.next() {
      if case .groupEnd = value {
        output.closeMessage()
        openGroups -= 1
        continue
      }
      output.beginField()
      output.append(number)
      switch value {
      case .varint(let value):
        output.append(": ")
        output.append(value)
      case .fixed32(let value):
        output.append(": ")
        output.append(hexadecimal: value)
      case .fixed64(let value):
        output.append(": ")
        output.append(hexadecimal: value)
      case .delimited(let content):
        let depth = guessedDepth - openGroups
        let inner = unsafe UnknownFieldBytes(content)
        if depth > 0, unsafe !content.isEmpty, inner.areFields(maximumDepth: depth) {
          output.openMessage()
          write(inner, guessedDepth: depth - 1)
          output.closeMessage()
          continue
        }
        output.append(": ")
        unsafe content.withMemoryRebound(to: UInt8.self) { unsafe output.append(quotedBytes: $0) }
      case .groupStart:
        output.openMessage()
        openGroups += 1
        continue
      case .groupEnd: continue
      }
      output.endField()
    }
  }
}
