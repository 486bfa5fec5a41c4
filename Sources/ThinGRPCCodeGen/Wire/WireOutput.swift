/// Writes the few fields that the plugin's response has.
struct WireOutput {
  private(set) var bytes: [UInt8] = []

  mutating func append(number: UInt64, field: UInt64) {
    append(varint: field << 3)
    append(varint: number)
  }

  mutating func append(_ content: some Collection<UInt8>, field: UInt64) {
    append(varint: field << 3 | 2)
    append(varint: UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  private mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
