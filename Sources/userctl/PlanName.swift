internal import ArgumentParser
internal import ThinGRPCProtobuf
internal import UserProtos

/// The plans, as people write them.
enum PlanName: String, CaseIterable, ExpressibleByArgument {
  case free, pro, enterprise

  var plan: UserPlan {
    switch self {
    case .free: .free
    case .pro: .pro
    case .enterprise: .enterprise
    }
  }

  /// The name of a plan, or its number where it has none here.
  static func text(of plan: UserPlan) -> String {
    allCases.first { $0.plan == plan }?.rawValue ?? String(plan.rawValue)
  }
}
