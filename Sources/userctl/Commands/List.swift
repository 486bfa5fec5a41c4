internal import ArgumentParser
internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

struct List: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints users in the order of their ids, as they come.")

  @OptionGroup var options: CommonOptions
  @Option(help: "Only users whose e-mail address or name contains this text; case counts.") var filter = ""
  @Option(help: "How many users at most; 0 for all.") var limit: Int32 = 0
  @Option(help: ArgumentHelp("Start after the user with this id.", valueName: "id")) var after = ""

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit must not be negative") }
  }

  func run() async throws {
    let request = ListUsersRequest.with {
      $0.filter = filter
      $0.pageSize = limit
      $0.pageToken = after
    }
    let output = options.output
    try await options.withClient { users in
      for try await user in users.listUsers(request, options: options.stream) {
        try output.add(user)
      }
    }
    try output.flush()
  }
}
