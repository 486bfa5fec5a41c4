internal import ArgumentParser
internal import UserProtos

struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Creates a user for each row of a file.",
    discussion: """
      The file is UTF-8, with a byte order mark or without. CSV needs a header with the columns email, name and plan, in \
      any order; others are ignored. The plan is free, pro or enterprise. A record has at most \(CSVReader.recordLimit) \
      bytes, a line of NDJSON as well. NDJSON has a CreateUserRequest in protobuf's JSON on each line, such as {"email": \
      "ada@example.org", "name": "Ada", "plan": "USER_PLAN_PRO"}; other keys are ignored, so what list --json prints \
      can be imported.

      A file of any size is sent in calls of 10,000 rows. Rows that are refused do not stop the others; users that \
      exist already are counted apart, so running the same import again continues where it was broken off.
      """)

  /// The rows that one call carries.
  static let callLimit = 10_000
  /// The refused rows that the summary shows.
  static let shownLimit = 20

  @OptionGroup var options: CommonOptions
  @Argument(help: "The file, or - for standard input.") var file: String
  @Option(help: "How the file is written; by default its name says it.") var format: ImportFormat?
  @Option(help: ArgumentHelp("Write every refused row here, one JSON object a line.", valueName: "path"))
  var failures: String?

  func validate() throws {
    guard !file.isEmpty, failures != "" else { throw ValidationError("the name of a file must not be empty") }
    guard failures != "-" else { throw ValidationError("--failures needs a file; /dev/stdout is one") }
  }

  func run() async throws {
    let source = try InputChunks(path: file, delivery: .whole)
    var rows = try (format ?? ImportFormat(fileName: file)).reader()
    let output = options.output
    if let failures, source.isFile(at: failures) {
      throw CommandError.badUsage("--failures would overwrite the file that is imported, \(failures)")
    }
    var summary = ImportReport(shownLimit: Self.shownLimit, failures: try failures.map(Output.init(path:)))
    let progress = ImportProgress(byteCount: source.byteCount)
    let waiting = WaitingNotice(waitsForServer: false) { progress.clear() }
    try await options.withClient(waiting) { users in
      do {
        var batch = ImportBatch()
        func send() async throws {
          let sent = batch
          batch = ImportBatch()
          waiting.ask()
          let response = try await users.importUsers(sent.requests, options: options.stream)
          waiting.answer()
          try summary.add(response, of: sent)
          progress.show(rows: summary.rows, bytes: source.readCount)
        }
        for try await chunk in source {
          waiting.advance()
          for row in try rows.read(chunk) {
            batch.add(row)
            if batch.count >= Self.callLimit { try await send() }
          }
        }
        for row in try rows.finish() { batch.add(row) }
        if batch.count > 0 { try await send() }
      } catch {
        progress.clear()
        // The error says more than that the sums could not be written.
        try? summary.finish(to: output)
        guard error is BrokenPipe else { throw error }
        throw CommandError.unwritable(
          "the reader of the refused rows has gone, and the import was broken off")
      }
    }
    progress.clear()
    // That nobody reads the sums does not make the rows good.
    do { try summary.finish(to: output) } catch is BrokenPipe where summary.refused > 0 {}
    if summary.refused > 0 { throw CommandError.malformed("\(summary.refused) rows were refused") }
  }
}
