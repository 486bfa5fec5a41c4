import Foundation
import GRDB
import Testing
import ThinGRPC
import UserProtos

@testable import UserService

/// Damaged files: every answer is what was written or an error, and nothing traps.
@Suite struct DamagedStoreTests {
  @Test("A flipped bit anywhere in the file costs an error at most")
  func flippedBits() async throws {
    let store = try await WrittenStore(count: 250)
    let seed =
      ProcessInfo.processInfo.environment["DAMAGE_SEED"].flatMap(UInt64.init) ?? .random(in: 0..<1 << 32)
    let flips = ProcessInfo.processInfo.environment["DAMAGED_STORES"].flatMap(Int.init) ?? 200
    var random = SplitMix(state: seed)
    var tally: [DamageOutcome: Int] = [:]
    for _ in 0..<flips {
      var bytes = store.bytes
      bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      tally[try await store.outcome(of: bytes), default: 0] += 1
    }
    print("DAMAGE_SEED=\(seed): \(tally)")
    #expect(tally.values.reduce(0, +) == flips)
  }

  @Test("Each byte of the header, and of the schema's page, may be wrong")
  func headers() async throws {
    let store = try await WrittenStore(count: 40)
    var tally: [DamageOutcome: Int] = [:]
    for offset in Array(0..<112) + Array(stride(from: 3_000, to: 4_096, by: 31)) {
      var bytes = store.bytes
      bytes[offset] = ~bytes[offset]
      tally[try await store.outcome(of: bytes), default: 0] += 1
    }
    #expect(tally[.refused, default: 0] > 0, "\(tally)")
  }

  @Test("A page written to another's place costs an error at most, whichever two they are")
  func misplacedPages() async throws {
    let store = try await WrittenStore(count: 120)
    var tally: [DamageOutcome: Int] = [:]
    for target in 1..<store.pages {
      for source in 0..<store.pages where source != target {
        tally[
          try await store.outcome(of: store.replacing(page: target, with: store.page(source))), default: 0] +=
          1
      }
    }
    #expect(tally[.reported, default: 0] > 0, "\(tally)")
  }

  @Test("Pages of zeros, of noise and of the wrong type, and files cut short, cost an error")
  func brokenPages() async throws {
    let store = try await WrittenStore(count: 120)
    var random = SplitMix(state: 7)
    for number in 0..<store.pages {
      let noise = (0..<WrittenStore.pageSize).map { _ in UInt8.random(in: 0...255, using: &random) }
      let zeros = [UInt8](repeating: 0, count: WrittenStore.pageSize)
      for page in [noise, zeros] {
        _ = try await store.outcome(of: store.replacing(page: number, with: page))
      }
      for type: UInt8 in [0, 2, 5, 10, 13, 255] {
        var bytes = store.bytes
        bytes[number * WrittenStore.pageSize + (number == 0 ? 100 : 0)] = type
        _ = try await store.outcome(of: bytes)
      }
      // Cut at a page's start, and within it.
      for length in [number * WrittenStore.pageSize, number * WrittenStore.pageSize + 1_000] where length > 0
      {
        let outcome = try await store.outcome(of: Array(store.bytes[..<length]))
        #expect(outcome != .harmless, "cut at \(length)")
      }
    }
  }

  @Test("A file of anything is refused")
  func garbage() async throws {
    let store = try await WrittenStore(count: 10)
    var random = SplitMix(state: 11)
    // SQLite takes a file of one byte for an empty one.
    for length in [2, 15, 16, 99, 100, 512, 4_096, 20_000] {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let outcome = try await store.outcome(of: bytes)
      #expect(outcome == .refused, "\(length) bytes")
      // With the words that a database begins with, so that the rest is read.
      let begun = Array(store.bytes[..<min(length, 24)]) + bytes.dropFirst(24)
      if length > 24 { #expect(try await store.outcome(of: begun) != .harmless, "\(length) bytes") }
    }
  }

  @Test(
    "A value of any kind in any column is an error, and the other rows are served",
    arguments: ["id", "email", "name", "plan", "created_seconds", "created_nanos", "checksum"])
  func foreignValues(column: String) async throws {
    for value in [
      "NULL", "x'00ff'", "x'c328'", "1.5", "-9223372036854775808", "9223372036854775807", "''", "'\u{fffd}'",
    ] {
      let service = try makeService()
      let sound = try await service.create(row(1))
      let damaged = try await service.create(row(2))
      try await service.store.database.write { database in
        // Without what keeps a sound file's types, as damage would.
        try database.execute(
          sql: """
            CREATE TABLE loose (id PRIMARY KEY, email, name, plan, created_seconds, created_nanos, checksum);
            INSERT INTO loose SELECT * FROM users;
            UPDATE loose SET \(column) = \(value) WHERE email = 'user2@example.org';
            DROP TABLE users;
            ALTER TABLE loose RENAME TO users;
            """)
      }
      #expect(try await service.store.user(id: sound.id) == sound)
      // A value that reads as the one that was written is as good: 1.5 as the plan 1.
      do {
        let found = try await service.store.user(id: damaged.id)
        #expect(found == damaged || found == nil && column == "id", "\(column) = \(value)")
      } catch {
        #expect(
          error == .damaged("row \(damaged.id) is not as it was written") || "\(error)".contains("read"))
      }
      do {
        let listed = try await service.list(.init())
        #expect(listed == [sound, damaged] || listed == [sound] && column == "id", "\(column) = \(value)")
      } catch {
        #expect((error as? RPCError)?.code == .dataLoss)
      }
    }
  }

  @Test("What a damaged row costs: its own calls get DATA_LOSS, the writes beside them go through")
  func damagedRow() async throws {
    let log = LogLines()
    let service = try makeService(logger: log.logger)
    let (sound, damaged) = (try await service.create(row(1)), try await service.create(row(2)))
    try await service.store.database.write { database in
      try database.execute(
        sql: "UPDATE users SET name = 'Somebody else' WHERE id = ?", arguments: [damaged.id])
    }
    #expect(service.store.readiness == .ready)
    func code(of call: () async throws -> Void) async -> StatusCode {
      do {
        try await call()
        return .ok
      } catch {
        return (error as? RPCError)?.code ?? .unknown
      }
    }
    await #expect(code { _ = try await service.list(.init()) } == .dataLoss)
    await #expect(code { _ = try await service.sync([update(damaged.id)]) } == .dataLoss)
    async let first: Void = { _ = try await service.create(row(3)) }()
    async let second = code { _ = try await service.sync([update(damaged.id)]) }
    async let third: Void = { _ = try await service.create(row(4)) }()
    _ = try await (first, third)
    #expect(await second == .dataLoss)
    #expect(try await service.store.user(id: sound.id) == sound)
    // The row can be removed, and the store is whole again.
    #expect(try await service.store.apply([.delete(id: damaged.id)])[0] == .success(nil))
    #expect(try await service.list(.init()).count == 3)
    guard case .damaged(let what) = service.store.readiness else {
      Issue.record("\(service.store.readiness)")
      return
    }
    #expect(what.contains(damaged.id))
    #expect(log.all.contains { $0.contains("critical") && $0.contains(damaged.id) })
    #expect(!log.all.contains { $0.contains("Somebody else") || $0.contains("example.org") })
  }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
