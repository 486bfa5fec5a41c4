/// The entries of a map by their keys, so that equal maps have the same text: numbers by size, false before true, strings by
/// their bytes. The keys are of the kind `kind`.
func sortedByKey(_ entries: [UnsafeRawPointer], _ kind: FieldType.Kind) -> [UnsafeRawPointer] {
  switch kind {
  case .int32, .sint32, .sfixed32: unsafe sorted(entries, by: Int32.self)
  case .uint32, .fixed32: unsafe sorted(entries, by: UInt32.self)
  case .int64, .sint64, .sfixed64: unsafe sorted(entries, by: Int64.self)
  case .uint64, .fixed64, .bool: unsafe sorted(entries, by: UInt64.self)
  case .string:
    unsafe entries.sorted { left, right in
      unsafe bytes(at: left + MapEntryImage.keyOffset + 8)
        .lexicographicallyPrecedes(bytes(at: right + MapEntryImage.keyOffset + 8))
    }
  case .float, .double, .enumeration, .bytes, .message, .group: unsafe entries
  }
}

private func sorted<Key: FixedWidthInteger>(
  _ entries: [UnsafeRawPointer], by key: Key.Type
) -> [UnsafeRawPointer] {
  let offset = MapEntryImage.keyOffset + MemoryLayout<Key>.size
  return unsafe entries.sorted { left, right in
    unsafe left.load(fromByteOffset: offset, as: Key.self) < right.load(fromByteOffset: offset, as: Key.self)
  }
}
