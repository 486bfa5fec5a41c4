internal import Foundation
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

/// The users created last, in a ring: a long run must not grow.
struct CreatedUsers {
  /// How many are kept.
  static let capacity = 100_000
  /// The number of the first one's id. All ids then have the same length, and so all replies have the same size.
  static let firstNumber = 10_000_000

  private var ring: [User] = []
  private var emails: Set<String> = []
  /// How many were created in all; the next one's place in the ring is the remainder by the capacity.
  private var total = 0

  func user(id: String) -> User? {
    guard id.hasPrefix("user-"), let number = Int(id.dropFirst(5)) else { return nil }
    let index = number - Self.firstNumber
    guard index >= 0, index < total, index >= total - ring.count else { return nil }
    let user = ring[index % Self.capacity]
    // Not every text that reads as the number is the id.
    return user.id == id ? user : nil
  }

  mutating func add(email: String, name: String, plan: UserPlan) throws(UserRefusal) -> User {
    guard emails.insert(email).inserted else { throw .emailTaken(email) }
    let user = User.with {
      $0.id = "user-\(Self.firstNumber + total)"
      $0.email = email
      $0.name = name
      $0.plan = plan
      // Whole seconds, as the fixed users have them: a REST reply then has the same text for the time.
      $0.createdAt = .with { $0.seconds = Int64(Date().timeIntervalSince1970) }
    }
    if ring.count < Self.capacity {
      ring.append(user)
    } else {
      let place = total % Self.capacity
      emails.remove(ring[place].email)
      ring[place] = user
    }
    total += 1
    return user
  }
}
