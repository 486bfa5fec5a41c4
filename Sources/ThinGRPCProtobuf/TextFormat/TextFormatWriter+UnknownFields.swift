internal import ThinGRPC

extension TextFormatWriter {
  /// How many levels of what may be a message or a string are taken for messages.
  private static var guessedDepth: Int { 10 }

  /// Writes the fields that a message came with and its type does not have: extensions by their names, others by their numbers.
  mutating func write(_ unknownFields: UnknownFields, _ message: String) throws(MessageCodingError) {
    var rest = unknownFields
    // What lies in an extension is as deep again as a message may be.
    if output.depth < Self.greatestDepthToExpand {
      rest = try unsafe unknownFields.withExtensions(options.types.extensions(of: message)) {
        (record, image) throws(MessageCodingError) in
        let values = unsafe FieldValues(of: record.field, in: image)
        for index in 0..<values.count {
          try unsafe write(record.field, values[index], extension: record.name)
        }
      }
    }
    if !options.printsUnknownFields || rest.isEmpty { return }
    let result = unsafe rest.bytes.withUnsafeBytes { bytes in
      Result { () throws(MessageCodingError) in try unsafe writeFields(bytes, Self.guessedDepth) }
    }
    try result.get()
  }

  private mutating func writeFields(
    _ bytes: UnsafeRawBufferPointer, _ guessedDepth: Int
  ) throws(MessageCodingError) {
    var reader = unsafe WireReader(bytes)
    while let field = try unsafe nextField(&reader) {
      output.beginField()
      unsafe output.append(field.number)
      switch unsafe field.wireType {
      case .varint:
        var value = unsafe WireReader(field.content)
        output.append(": ")
        output.append((try? unsafe value.nextVarint()) ?? 0)
      case .fixed32:
        output.append(": ")
        output.append(hexadecimal: unsafe field.content.loadUnaligned(as: UInt32.self))
      case .fixed64:
        output.append(": ")
        output.append(hexadecimal: unsafe field.content.loadUnaligned(as: UInt64.self))
      case .lengthDelimited:
        if unsafe isMessage(field.content, levels: guessedDepth) {
          try unsafe writeMessage(field.content, guessedDepth - 1)
          continue
        }
        output.append(": ")
        unsafe field.content.withMemoryRebound(to: UInt8.self) { unsafe output.append(quotedBytes: $0) }
      case .startGroup, .endGroup:
        try unsafe writeMessage(field.content, guessedDepth - 1)
        continue
      }
      output.endField()
    }
  }

  private mutating func writeMessage(
    _ content: UnsafeRawBufferPointer, _ guessedDepth: Int
  ) throws(MessageCodingError) {
    output.openMessage()
    try unsafe writeFields(content, guessedDepth)
    output.closeMessage()
  }

  /// They are well-formed, or would not have been kept; but by an option they may be deeper than what is encoded.
  private func nextField(_ reader: inout WireReader) throws(MessageCodingError) -> WireField? {
    do throws(WireFault) {
      return try unsafe reader.next(levels: DecodingOptions.defaultMaximumDepth)
    } catch {
      throw tooDeeplyNested()
    }
  }
}

/// Whether the content of a field can be that of a message, with no more levels of groups in it.
private func isMessage(_ content: UnsafeRawBufferPointer, levels: Int) -> Bool {
  if unsafe levels <= 0 || content.isEmpty { return false }
  var reader = unsafe WireReader(content)
  do throws(WireFault) {
    while try unsafe reader.next(levels: levels) != nil {}
    return true
  } catch {
    return false
  }
}
