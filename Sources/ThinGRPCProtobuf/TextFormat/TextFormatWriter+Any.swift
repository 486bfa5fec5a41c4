internal import ThinGRPC

extension TextFormatWriter {
  /// Only in messages less deep than this is an `Any` expanded: what it holds is as deep again as a message may be.
  static var greatestDepthToExpand: Int { DecodingOptions.defaultMaximumDepth }

  /// Writes an `Any` as the message that it holds, behind the address of its type. False, and nothing is written, when the type
  /// is not known or the bytes are none of it.
  mutating func writeExpanded(
    _ image: UnsafeRawPointer, _ table: UnsafeMutablePointer<MessageTable>
  ) throws(MessageCodingError) -> Bool {
    guard output.depth < Self.greatestDepthToExpand,
      let urlField = unsafe table.pointee.field(numbered: 1),
      let valueField = unsafe table.pointee.field(numbered: 2)
    else { return false }
    let urls = unsafe FieldValues(of: urlField.pointee, in: image)
    let values = unsafe FieldValues(of: valueField.pointee, in: image)
    guard urls.count > 0 else { return false }
    let url = unsafe String(decoding: bytes(at: urls[0]), as: UTF8.self)
    guard isTypeURL(url), let type = options.types.type(forURL: url) else { return false }
    let value =
      unsafe values.count > 0
      ? UnsafeRawBufferPointer(bytes(at: values[0])) : UnsafeRawBufferPointer(start: nil, count: 0)
    var isBegun = false
    do throws(MessageCodingError) {
      try unsafe type.withImage(decoding: value) { (image) throws(MessageCodingError) in
        isBegun = true
        output.beginField()
        output.append("[")
        output.append(url.utf8)
        output.append("]")
        output.openMessage()
        try unsafe write(image)
        output.closeMessage()
      }
    } catch {
      // The bytes were none of the type, unless it went wrong later.
      if isBegun { throw error }
    }
    return isBegun
  }
}

/// Whether text format can hold the address: names with points between them, and one slash.
private func isTypeURL(_ url: String) -> Bool {
  let parts = url.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
  return parts.count == 2
    && parts.allSatisfy { part in
      part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { name in
        name.first?.isLetter == true && name.allSatisfy { $0.isLetter || $0.isDigit }
      }
    }
}
