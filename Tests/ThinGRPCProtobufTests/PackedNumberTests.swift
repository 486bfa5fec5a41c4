import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

/// Packed numbers, which are read beside libprotobuf-c.
@Suite struct PackedNumberTests {
  @Test(
    "Numbers of every size come back as libprotobuf-c wrote them, however many there are",
    arguments: [0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 2_039, 2_040, 2_041, 5_000])
  func roundTrip(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    // Of up to 1, 2... 64 bits: as many short ones as long ones.
    let numbers = (0..<count).map { _ in random.next() >> UInt64.random(in: 0...63, using: &random) }
    let message = RepeatedScalars.with {
      $0.int32Values = numbers.map { Int32(truncatingIfNeeded: $0) }
      $0.int64Values = numbers.map { Int64(bitPattern: $0) }
      $0.uint32Values = numbers.map { UInt32(truncatingIfNeeded: $0) }
      $0.uint64Values = numbers
      $0.sint32Values = numbers.map { Int32(truncatingIfNeeded: $0) }
      $0.sint64Values = numbers.map { Int64(bitPattern: $0) }
      $0.boolValues = numbers.map { $0 & 1 == 1 }
    }
    #expect(try RepeatedScalars(serializedBytes: message.serializedBytes()) == message)
    #expect(try RepeatedScalars(decoding: message.encoded()) == message)
    let short = RepeatedScalars.with { $0.uint64Values = numbers.map { $0 & 0x7f } }
    #expect(try RepeatedScalars(serializedBytes: short.serializedBytes()) == short)
    let outer = Outer.with { $0.modes = numbers.map { .init(rawValue: Int32(truncatingIfNeeded: $0)) } }
    #expect(try Outer(serializedBytes: outer.serializedBytes()) == outer)
  }

  @Test(
    "The least and the greatest number of each length, at every distance from the end",
    arguments: 0..<12)
  func lengths(distance: Int) throws {
    let powers = (0..<64).map { UInt64(1) << $0 }
    for limit in powers + powers.map({ $0 - 1 }) + [.max] {
      let numbers = [limit] + [UInt64](repeating: 5, count: distance)
      let message = RepeatedScalars.with { $0.uint64Values = numbers }
      #expect(try RepeatedScalars(serializedBytes: message.serializedBytes()).uint64Values == numbers)
    }
  }

  @Test("Numbers that are longer than they need to be count, and what does not fit is cut off")
  func overlong() throws {
    // Zero in two bytes and in ten, one in nine, and all bits in ten with more than fit.
    let numbers = bytes("8000 80808080808080808000 818080808080808000 ffffffffffffffffff7f")
    let wide = try RepeatedScalars(
      serializedBytes: field(4, numbers) + field(6, numbers) + field(8, numbers))
    #expect(wide.int64Values == [0, 0, 1, -1])
    #expect(wide.uint64Values == [0, 0, 1, .max])
    #expect(wide.sint64Values == [0, 0, -1, .min])
    let narrow = try RepeatedScalars(
      serializedBytes: field(3, numbers) + field(5, numbers) + field(7, numbers))
    #expect(narrow.int32Values == [0, 0, 1, -1])
    #expect(narrow.uint32Values == [0, 0, 1, .max])
    #expect(narrow.sint32Values == [0, 0, -1, .min])
    // Beyond 32 bits, in the lowest only, and not at all.
    let flags = try RepeatedScalars(serializedBytes: field(13, bytes("80808080808010 01 8000")))
    #expect(flags.boolValues == [true, true, false])
  }

  @Test(
    "A last number without an end, and one of more than ten bytes, are refused with the field's name",
    arguments: ["80", "0180", "ffffffffffffffff", "ffffffffffffffffffff01", "0505ffffffffffffffffffff0105"])
  func malformed(text: String) throws {
    let error = try #require(throws: MessageCodingError.self) {
      try RepeatedScalars(serializedBytes: field(6, bytes(text)))
    }
    #expect(error.fieldPath == ["uint64_values"])
  }

  @Test("Parts and single numbers come together in their order, those of other fields between them")
  func parts() throws {
    let mixed =
      field(4, [1, 2]) + bytes("2003") + field(6, [9]) + field(4, []) + bytes("20ac02") + field(4, [4])
    let message = try RepeatedScalars(serializedBytes: mixed + bytes("3008"))
    #expect(message.int64Values == [1, 2, 3, 300, 4])
    #expect(message.uint64Values == [9, 8])
    #expect(message.unknownFields.isEmpty)
    let packed = try RepeatedScalars(serializedBytes: field(4, [1]) + field(13, [1, 0]) + field(4, [2]))
    #expect(packed.int64Values == [1, 2])
    #expect(packed.boolValues == [true, false])
  }

  @Test("What came one by one where it should be packed is read within the budget")
  func manySingle() throws {
    let single = [[UInt8]](repeating: bytes("2001"), count: 100_000).flatMap { $0 }
    #expect(try RepeatedScalars(serializedBytes: single).int64Values.count == 100_000)
  }
}
