internal import Foundation
public import Hummingbird
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
public import UserJSON
internal import UserProtos

extension UserBody: ResponseEncodable {
  init(_ user: User) {
    self.init(
      id: user.id, email: user.email, name: user.name,
      plan: PlanName(number: user.plan.rawValue) ?? .unspecified,
      createdAt: Date(timeIntervalSince1970: Double(user.createdAt.seconds)))
  }
}
