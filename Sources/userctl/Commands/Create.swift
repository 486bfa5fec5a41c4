internal import ArgumentParser
internal import ThinGRPCProtobuf
internal import UserProtos

struct Create: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Creates a user and prints it with its new id.")

  @OptionGroup var options: CommonOptions
  @Option(help: "The e-mail address, which no other user may have.") var email: String
  @Option(help: "How the user wants to be called.") var name: String
  @Option(help: "What the user pays for.") var plan = PlanName.free

  func run() async throws {
    let request = CreateUserRequest.with {
      $0.email = email
      $0.name = name
      $0.plan = plan.plan
    }
    try await options.withClient { users in
      try options.output.print(await users.createUser(request, options: options.unary))
    }
  }
}
