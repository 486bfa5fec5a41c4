public import Foundation

/// A user as JSON: the names and forms that protobuf's JSON mapping gives the message `User`, which is what a REST gateway
/// in front of the gRPC service would send.
public struct UserBody: Codable, Equatable, Sendable {
  public var id: String
  public var email: String
  public var name: String
  public var plan: PlanName
  public var createdAt: Date

  public init(id: String, email: String, name: String, plan: PlanName, createdAt: Date) {
    self.id = id
    self.email = email
    self.name = name
    self.plan = plan
    self.createdAt = createdAt
  }
}

/// What the creation of a user is asked for with.
public struct NewUserBody: Codable, Equatable, Sendable {
  public var email: String
  public var name: String
  public var plan: PlanName

  public init(email: String, name: String, plan: PlanName) {
    self.email = email
    self.name = name
    self.plan = plan
  }
}

/// A plan by its name in the .proto file.
public enum PlanName: String, Codable, CaseIterable, Sendable {
  case unspecified = "USER_PLAN_UNSPECIFIED"
  case free = "USER_PLAN_FREE"
  case pro = "USER_PLAN_PRO"
  case enterprise = "USER_PLAN_ENTERPRISE"

  /// The plan with a number of the .proto file.
  public init?(number: Int32) {
    switch number {
    case 0: self = .unspecified
    case 1: self = .free
    case 2: self = .pro
    case 3: self = .enterprise
    default: return nil
    }
  }

  public var number: Int32 {
    switch self {
    case .unspecified: 0
    case .free: 1
    case .pro: 2
    case .enterprise: 3
    }
  }
}
