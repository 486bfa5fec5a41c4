internal import ArgumentParser
internal import ThinGRPCProtobuf
internal import UserProtos

struct Get: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Prints a user.")

  @OptionGroup var options: CommonOptions
  @Argument(help: "The user's id.") var id: String

  func run() async throws {
    try await options.withClient { users in
      try options.output.print(await users.getUser(.with { $0.id = id }, options: options.unary))
    }
  }
}
