import Foundation
import Testing
import ThinGRPCProtobuf
import UserProtos

@testable import UserService

/// The bytes of a store that was closed, and what is in it.
struct WrittenStore {
  static let pageSize = 4_096

  let bytes: [UInt8]
  let users: [String: User]

  /// Writes a store of `count` users with ids of their own and every plan.
  init(count: Int) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    let service = try makeService(at: .file(path))
    for number in 0..<count {
      _ = try await service.create(row(number, plan: [.free, .pro, .enterprise][number % 3]))
    }
    users = Dictionary(uniqueKeysWithValues: try await service.list(.init()).map { ($0.id, $0) })
    try service.store.close()
    bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  var pages: Int { bytes.count / Self.pageSize }

  func page(_ number: Int) -> ArraySlice<UInt8> {
    bytes[number * Self.pageSize..<(number + 1) * Self.pageSize]
  }

  /// The store with the page replaced.
  func replacing(page number: Int, with page: some Collection<UInt8>) -> [UInt8] {
    var bytes = bytes
    bytes.replaceSubrange(number * Self.pageSize..<(number + 1) * Self.pageSize, with: page)
    return bytes
  }
}

/// What became of a damaged store.
enum DamageOutcome: Hashable {
  /// It was refused when it was opened.
  case refused
  /// Some call got an error.
  case reported
  /// All answers were complete and right.
  case harmless
  /// All answers were right, and some users were not found.
  case silentlyMissing
}

extension WrittenStore {
  /// Opens the damaged file and asks for everything in it in every way, checking that each answer is right or an error, and
  /// that what is missing in silence is found by a verification.
  func outcome(of damaged: [UInt8]) async throws -> DamageOutcome {
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    try Data(damaged).write(to: URL(fileURLWithPath: path))
    let isSound = (try? UserStore.verify(fileAtPath: path).isSound) ?? false
    let outcome = try await outcome(ofFileAtPath: path)
    if isSound {
      let first = zip(damaged, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? damaged.count
      // Byte 18 may say that the file is for reading only, which a verification does.
      #expect(
        outcome == .harmless || first == 18 && outcome == .refused,
        "damaged at \(first) of \(damaged.count) bytes")
    }
    return outcome
  }

  private func outcome(ofFileAtPath path: String) async throws -> DamageOutcome {
    let log = LogLines()
    let service: DatabaseUserService
    do {
      service = try makeService(at: .file(path), logger: log.logger)
    } catch is StoreError {
      return .refused
    }
    var outcomes: [DamageOutcome] = [try await outcomeOfList(from: service)]
    for user in users.values.prefix(20) { outcomes.append(try await outcomeOfGet(user, from: service)) }
    for user in users.values.prefix(3) { outcomes.append(try await outcomeOfUpdate(user, from: service)) }
    do {
      _ = try await service.create(row(1_000_000))
    } catch is StoreError {
      outcomes.append(.reported)
    }
    do { try service.store.close() } catch { outcomes.append(.reported) }
    for line in log.all { #expect(!line.contains("@example.org") && !line.contains("User ")) }
    if outcomes.contains(.reported) { return .reported }
    return outcomes.contains(.silentlyMissing) ? .silentlyMissing : .harmless
  }

  private func outcomeOfList(from service: DatabaseUserService) async throws -> DamageOutcome {
    var found = 0
    do {
      try await service.listUsers(.init()) { user in
        #expect(users[user.id] == user)
        found += 1
      }
    } catch {
      return .reported
    }
    #expect(found <= users.count)
    return found == users.count ? .harmless : .silentlyMissing
  }

  private func outcomeOfGet(_ user: User, from service: DatabaseUserService) async throws -> DamageOutcome {
    do {
      guard let found = try await service.store.user(id: user.id) else { return .silentlyMissing }
      #expect(found == user, "\(found) for \(user)")
      return .harmless
    } catch {
      return .reported
    }
  }

  private func outcomeOfUpdate(_ user: User, from service: DatabaseUserService) async throws -> DamageOutcome
  {
    var expected = user
    expected.name = "Changed"
    var request = UpdateUserRequest()
    request.id = user.id
    request.name = "Changed"
    do {
      let outcome = try await service.store.apply([.update(request)])[0]
      if outcome == .failure(.unknownUser(user.id)) { return .silentlyMissing }
      #expect(outcome == .success(expected))
      return .harmless
    } catch {
      return .reported
    }
  }
}
