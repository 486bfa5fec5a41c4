internal import ArgumentParser
internal import ThinGRPCProtobuf
internal import UserProtos

struct Update: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Changes what is given and prints the user as it is then.")

  @OptionGroup var options: CommonOptions
  @Argument(help: "The user's id.") var id: String
  @Option(help: "The new e-mail address.") var email: String?
  @Option(help: "The new name.") var name: String?
  @Option(help: "The new plan.") var plan: PlanName?

  func run() async throws {
    let request = UpdateUserRequest.with {
      $0.id = id
      if let email { $0.email = email }
      if let name { $0.name = name }
      if let plan { $0.plan = plan.plan }
    }
    try await options.withClient { users in
      try options.output.print(await users.updateUser(request, options: options.unary))
    }
  }
}
