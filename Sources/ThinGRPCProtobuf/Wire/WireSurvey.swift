internal import ThinGRPC

// protobuf-c unpacks by recursion without a limit, so hostile bytes would overflow the stack: types that can contain
// themselves are surveyed before they are unpacked. It also refuses, or reads otherwise than protobuf wants, what is rare on the
// wire: groups, fields with another wire type than their own, packed numbers that come one by one, messages that come in parts.
// Bytes that it refuses, or in which it has replaced a message by another, are surveyed after it. It knows no closed enums, so
// types that have them are surveyed before, too.

/// What a walk over the bytes of a message finds out.
@unsafe struct WireSurvey {
  /// Whether there is something that protobuf-c does not read as it should.
  private(set) var isIrregular = false
  /// The fields that lead to where the walk is.
  private var path: [UnsafeMutablePointer<FieldTable>] = unsafe []

  /// Walks over a whole message.
  ///
  /// - Throws: `MessageCodingError` when it is malformed, or nested deeper than `depth` levels.
  init(
    of bytes: UnsafeRawBufferPointer, _ table: UnsafeMutablePointer<MessageTable>, depth: Int
  ) throws(MessageCodingError) {
    do throws(WireFault) {
      try unsafe walk(bytes, table, levels: depth)
    } catch {
      let name = unsafe table.pointee.name
      let fieldPath = unsafe path.map { unsafe $0.pointee.nameText }
      switch error {
      case .tooDeep:
        throw MessageCodingError("The \(name) is nested deeper than the limit of \(depth) levels")
      case .malformed:
        throw MessageCodingError("The bytes are not a valid \(name)", fieldPath: fieldPath)
      }
    }
  }

  private mutating func walk(
    _ bytes: UnsafeRawBufferPointer, _ table: UnsafeMutablePointer<MessageTable>, levels: Int
  ) throws(WireFault) {
    guard levels > 0 else { throw .tooDeep }
    var reader = unsafe WireReader(bytes)
    // The slots of messages and oneofs that came already, a bit for each of 64: two slots may share one.
    var seenSlots: UInt64 = 0
    while let wire = unsafe try reader.next(levels: levels - 1) {
      guard let field = unsafe table.pointee.field(numbered: wire.number),
        unsafe field.pointee.canCome(as: wire.wireType)
      else {
        // Unknown fields are kept by protobuf-c; groups and known numbers of another type are refused.
        let isKnown = unsafe table.pointee.field(numbered: wire.number) != nil
        if unsafe isKnown || wire.wireType == .startGroup { unsafe isIrregular = true }
        continue
      }
      if unsafe wire.wireType == .startGroup { unsafe isIrregular = true }
      // Packed numbers that came one by one.
      if unsafe field.pointee.isPackedVarints && wire.wireType == .varint { unsafe isIrregular = true }
      unsafe path.append(field)
      if let inner = unsafe field.pointee.message {
        try unsafe walk(wire.content, inner, levels: levels - 1)
      } else if unsafe wire.wireType == .lengthDelimited {
        try unsafe checkPacked(wire.content, field.pointee.kind)
      }
      if unsafe !field.pointee.accepts(wire) { unsafe isIrregular = true }
      unsafe path.removeLast()
      if unsafe field.pointee.isJoined {
        let slot: UInt64 = unsafe 1 << (UInt64(field.pointee.offset / 8) % 64)
        if seenSlots & slot != 0 { unsafe isIrregular = true }
        seenSlots |= slot
      }
    }
  }

  private func checkPacked(_ content: UnsafeRawBufferPointer, _ kind: FieldType.Kind) throws(WireFault) {
    switch kind.wireType {
    case .varint:
      var reader = unsafe WireReader(content)
      while unsafe try reader.nextVarint() != nil {}
    case .fixed32: if content.count % 4 != 0 { throw .malformed }
    case .fixed64: if content.count % 8 != 0 { throw .malformed }
    case .lengthDelimited, .startGroup, .endGroup: break
    }
  }
}

extension FieldTable {
  /// Whether what comes later does not just take the place of what came before.
  var isJoined: Bool { shape == .member || (kind.isMessage && !isRepeated) }
}
