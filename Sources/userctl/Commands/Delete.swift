internal import ArgumentParser
internal import ConsoleProgram
internal import ThinGRPCProtobuf
internal import UserProtos

struct Delete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Deletes a user.")

  @OptionGroup var options: CommonOptions
  @Argument(help: "The user's id.") var id: String

  func run() async throws {
    try await options.withClient { users in
      _ = try await users.deleteUser(.with { $0.id = id }, options: options.unary)
      try options.output.print(Deletion(deleted: id))
    }
  }
}

/// The answer to a deletion.
struct Deletion: Printable, Encodable {
  let deleted: String

  var text: String { "deleted \(deleted.escapedForTerminal)" }
}
