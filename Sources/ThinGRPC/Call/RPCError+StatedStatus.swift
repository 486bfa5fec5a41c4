internal import GRPCRuntime

extension RPCError {
  /// The error with details, if it has any, that state its own code and message: those may have been changed since the details were
  /// made. Other clients take no details that state anything else, and a message that was changed may have said too much.
  var statingItself: RPCError {
    var error = self
    for (index, field) in metadata.fields.enumerated() where field.key == MetadataField.statusDetailsKey {
      if case .binary(let bytes) = field.value, let restated = restated(bytes) {
        error.metadata.fields[index].value = .binary(restated)
      }
    }
    return error
  }

  /// An encoded `google.rpc.Status` with another code (field 1) and message (field 2); nil for bytes that are none. It is no more than
  /// that, so that this module needs no protobuf.
  private func restated(_ bytes: [UInt8]) -> [UInt8]? {
    var others: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let start = rest.startIndex
      guard let tag = rest.takeVarint() else { return nil }
      let byteCount: UInt64? =
        switch tag & 7 {
        case 0: rest.takeVarint().map { _ in 0 }
        case 1: 8
        case 2: rest.takeVarint()
        case 5: 4
        default: nil
        }
      guard let byteCount, byteCount <= rest.count else { return nil }
      rest = rest.dropFirst(Int(byteCount))
      if ![1, 2].contains(tag >> 3) { others += bytes[start..<rest.startIndex] }
    }
    // A code that is negative takes ten bytes, as in protobuf.
    var restated: [UInt8] = [1 << 3] + varint(UInt64(bitPattern: Int64(code.rawValue)))
    if !message.isEmpty { restated += [2 << 3 | 2] + varint(UInt64(message.utf8.count)) + message.utf8 }
    return restated + others
  }

  private func varint(_ number: UInt64) -> [UInt8] {
    number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
  }
}

extension ArraySlice<UInt8> {
  /// Takes a number in protobuf's encoding off the beginning; nil where there is none.
  fileprivate mutating func takeVarint() -> UInt64? {
    var number: UInt64 = 0
    for position in 0..<10 {
      guard let byte = popFirst() else { return nil }
      number |= UInt64(byte & 0x7F) << (7 * UInt64(position))
      if byte < 0x80 { return number }
    }
    return nil
  }
}
