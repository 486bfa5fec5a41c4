internal import ArgumentParser
internal import ThinGRPC
internal import UserProtos

struct Sync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Applies updates from standard input and prints the result of each as it comes.",
    discussion: """
      Each line is a UserUpdate in protobuf's JSON: {"id": "7", "email": "ada@example.org", "name": "Ada", "plan": \
      "USER_PLAN_PRO"} creates or changes the user with that id, {"id": "7", "delete": true} deletes it. Blank lines \
      are skipped; a malformed line ends the command once what came before it is answered.
      """)

  @OptionGroup var options: CommonOptions

  func run() async throws {
    let waiting = WaitingNotice(waitsForServer: false)
    let updates = UpdateLines(try InputChunks(path: "-", delivery: .lineByLine)) { waiting.ask() }
    let output = options.output
    var refused = 0
    try await options.withClient(waiting) { users in
      for try await result in users.syncUsers(updates, options: options.stream) {
        waiting.answer()
        if !result.ok { refused += 1 }
        try waiting.write { try output.print(result) }
      }
    }
    try updates.check()
    if refused > 0 { throw CommandError.malformed("\(refused) updates were refused") }
  }
}
