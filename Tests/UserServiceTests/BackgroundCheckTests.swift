import Foundation
import GRDB
import Testing

@testable import UserService

@Suite struct BackgroundCheckTests {
  private func check(_ path: String, _ log: LogLines) -> BackgroundCheck {
    let condition = StoreCondition(of: StoreFiles(), logger: log.logger)
    return BackgroundCheck(ofFileAtPath: path, condition: condition, logger: log.logger)
  }

  @Test("A check that failed says so, and calls nothing sound")
  func failure() throws {
    let folder = try TemporaryFolder()
    let log = LogLines()
    let path = folder.file("other.sqlite")
    // A database without the users.
    try DatabaseQueue(path: path).write { database in try database.execute(sql: "CREATE TABLE other (id)") }
    let check = check(path, log)
    check.start()
    while log.all.isEmpty { Thread.sleep(forTimeInterval: 0.01) }
    check.stop()
    #expect(log.all.count == 1 && log.all[0].hasPrefix("warning the check of the store failed"), "\(log.all)")
  }

  @Test("A stop at any moment ends it, and may be called again")
  func stops() async throws {
    let store = try await WrittenStore(count: 400)
    let folder = try TemporaryFolder()
    let path = folder.file("users.sqlite")
    try Data(store.bytes).write(to: URL(fileURLWithPath: path))
    for number in 0..<40 {
      let log = LogLines()
      let check = check(path, log)
      check.start()
      try await Task.sleep(for: .microseconds(number * 250))
      check.stop()
      check.stop()
      check.start()
      #expect(log.all.allSatisfy { $0.contains("the store is sound") }, "\(log.all)")
    }
  }

  @Test("A finding holds nothing of the file that could steer a terminal")
  func findings() {
    var verification = StoreVerification()
    verification.found("NULL value in a\u{1B}[2J.b")
    #expect(verification.damage == ["NULL value in a\u{FFFD}[2J.b"])
  }

  @Test("Each wait for a lock has the whole time, unless the end of all was given")
  func patience() {
    let patience = LockPatience(timeout: .milliseconds(20))
    guard case .callback(let waits) = patience.busyMode else {
      Issue.record("no callback")
      return
    }
    for _ in 0..<3 {
      var tries = 0
      while waits(tries) { tries += 1 }
      #expect(tries > 0)
    }
    patience.begin(at: .now - .seconds(1))
    #expect(!waits(0))
    patience.begin(at: nil)
    #expect(waits(0))
  }
}
