internal import Foundation
internal import ThinGRPCProtobuf
internal import UserProtos

/// The requests of the create scenario: e-mail addresses that no other worker and no other run has, all of one length.
struct NewUsers {
  private let prefix: String
  private var number = 0

  /// - Parameters:
  ///   - run: what tells this run from others on the same server.
  ///   - worker: the index of the worker.
  init(run: UInt32, worker: Int) {
    prefix = "new-" + String(format: "%08x-%04d-", run, worker)
  }

  mutating func next() -> CreateUserRequest {
    defer { number += 1 }
    // Padded by hand: a formatter would cost more than the call.
    let digits = String(number)
    let padding = String(repeating: "0", count: max(0, 8 - digits.utf8.count))
    return .with {
      $0.email = "\(prefix)\(padding)\(digits)@example.com"
      $0.name = "New User"
      $0.plan = UserPlan(rawValue: Int32(number % 3 + 1))
    }
  }
}
