import Foundation
import Testing

/// Tests that run the package's programs. One at a time: a program that starts while another one does inherits the
/// ends of its pipes, and they do not close as long as it runs.
@Suite(.serialized) struct ProgramTests {
  /// Whether scripts/test has built the tests and the programs with a sanitizer.
  static let isSanitized = ProcessInfo.processInfo.environment["THINGRPC_SANITIZED"] != nil
}

/// One of the package's programs, running as a process of its own.
final class Program: Sendable {
  /// What a program left behind.
  struct Result: Sendable {
    /// The exit code; 128 and the signal's number where a signal ended it.
    let status: Int32
    let output: String
    let errors: String
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Capture()
  private let errors = Capture()
  private let (exits, exited) = AsyncStream.makeStream(of: Int32.self)

  /// Starts a program that is built beside the tests.
  ///
  /// - Parameters:
  ///   - name: the product's name.
  ///   - arguments: what follows the name on the command line.
  ///   - environment: added to the tests' own.
  ///   - folder: the working folder.
  /// - Throws: what `Process` throws when there is no such program.
  init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
  ) throws {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.executableURL = tests.deletingLastPathComponent().appendingPathComponent(name)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = input
    process.standardOutput = output.pipe
    process.standardError = errors.pipe
    process.terminationHandler = { [exited] process in
      exited.yield(process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0))
    }
    // A program that has ended reads no input: that is an error to catch, not the end of the tests.
    signal(SIGPIPE, SIG_IGN)
    try process.run()
    output.start()
    errors.start()
  }

  deinit {
    // A test that failed leaves nothing running.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  var isRunning: Bool { process.isRunning }

  var processIdentifier: Int32 { process.processIdentifier }

  /// Sends a signal.
  func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  /// Writes to the program's standard input.
  func write(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  /// Ends the program's standard input.
  func closeInput() throws {
    try input.fileHandleForWriting.close()
  }

  /// The first line of standard output that starts with `prefix`, as soon as it is there; nil if the output ends
  /// without it.
  func line(startingWith prefix: String) async -> String? {
    await output.line { $0.hasPrefix(prefix) }
  }

  /// The first line of standard error that ends with `suffix`.
  func errorLine(endingWith suffix: String) async -> String? {
    await errors.line { $0.hasSuffix(suffix) }
  }

  /// Stops reading the program's output, as `head` does.
  func closeOutput() {
    output.stop()
  }

  /// Waits until the program has ended.
  func result() async -> Result {
    var iterator = exits.makeAsyncIterator()
    let status = await iterator.next() ?? -1
    return Result(status: status, output: await output.text(), errors: await errors.text())
  }

  /// Runs a program to its end.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
    folder: String? = nil
  ) async throws -> Result {
    let program = try Program(name, arguments, environment: environment, folder: folder)
    if !input.isEmpty { try program.write(input) }
    try program.closeInput()
    return await program.result()
  }
}
