internal import ArgumentParser
internal import ConsoleProgram
internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

struct List: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints users in the order of their ids, as they come.")

  private static let limits = NumberRange<Int32>(0...(.max))

  @OptionGroup var options: CommonOptions
  @Option(help: "Only users whose e-mail address or name contains this text; case counts.") var filter = ""
  @Option(help: "How many users at most, \(limits); 0, the default, for all.", transform: limits.parse)
  var limit: Int32 = 0
  @Option(help: ArgumentHelp("Start after the user with this id.", valueName: "id")) var after = ""

  func run() async throws {
    let request = ListUsersRequest.with {
      $0.filter = filter
      $0.pageSize = limit
      $0.pageToken = after
    }
    let output = options.output
    let waiting = WaitingNotice()
    do {
      try await options.withClient(waiting) { users in
        for try await user in users.listUsers(request, options: options.stream) {
          try waiting.write { try output.add(user) }
        }
      }
    } catch {
      // What came before the error is worth having; the error says more than that it could not be written.
      try? output.flush()
      throw error
    }
    try output.flush()
  }
}
