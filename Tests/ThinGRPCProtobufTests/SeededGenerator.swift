/// Random values that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  /// Any number but one that is not equal to itself.
  mutating func double() -> Double {
    let value = Double(bitPattern: next())
    return value.isNaN ? .infinity : value
  }

  /// Any number but one that is not equal to itself.
  mutating func float() -> Float {
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: next()))
    return value.isNaN ? -.infinity : value
  }

  /// Up to 20 characters, many of which have to be escaped somewhere.
  mutating func text() -> String {
    let characters = Array("ab\"'\\\n\r\t\0?{}é漢😀\u{7f}\u{80}#")
    return String((0..<Int.random(in: 0...20, using: &self)).map { _ in characters[Int(next() % 17)] })
  }

  mutating func bytes() -> [UInt8] {
    (0..<Int.random(in: 0...20, using: &self)).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
