internal import Foundation
internal import Synchronization

/// One of the package's programs, running as a process of its own.
public final class Program: Sendable {
  /// What a program left behind.
  public struct Result: Sendable {
    /// The exit code; 128 and the signal's number where a signal ended it.
    public let status: Int32
    public let output: String
    public let errors: String
  }

  private let process: Process
  private let input: Pipe
  private let output: Capture
  private let errors: Capture
  private let (exits, exited) = AsyncStream.makeStream(of: Int32.self)

  /// Starts a program that is built beside the tests.
  ///
  /// - Parameters:
  ///   - name: the product's name.
  ///   - arguments: what follows the name on the command line.
  ///   - environment: added to the tests' own.
  ///   - folder: the working folder.
  /// - Throws: what `Process` throws when there is no such program.
  public init(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
  ) throws {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    // One at a time: a program that starts meanwhile would inherit the ends of these pipes, and they would not
    // close as long as it runs.
    (process, input, output, errors) = try Self.starting.withLock { [exited] _ in
      let (process, input, output, errors) = (Process(), Pipe(), Capture(), Capture())
      process.executableURL = tests.deletingLastPathComponent().appendingPathComponent(name)
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
      process.standardInput = input
      process.standardOutput = output.pipe
      process.standardError = errors.pipe
      process.terminationHandler = { process in
        exited.yield(process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0))
      }
      try process.run()
      return (process, input, output, errors)
    }
  }

  private static let starting = Mutex(())

  deinit {
    // A test that failed leaves nothing running.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  public var isRunning: Bool { process.isRunning }

  /// Sends a signal.
  public func send(_ signal: Int32) {
    kill(process.processIdentifier, signal)
  }

  /// Writes to the program's standard input.
  public func write(_ text: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  /// Ends the program's standard input.
  public func closeInput() throws {
    try input.fileHandleForWriting.close()
  }

  /// The first line of standard output that starts with `prefix`, as soon as it is there; nil if the output ends
  /// without it.
  public func line(startingWith prefix: String) async -> String? {
    await output.line(startingWith: prefix)
  }

  /// Stops reading the program's output, as `head` does.
  public func closeOutput() throws {
    try output.close()
  }

  /// Waits until the program has ended.
  public func result() async -> Result {
    var iterator = exits.makeAsyncIterator()
    let status = await iterator.next() ?? -1
    return Result(status: status, output: await output.text(), errors: await errors.text())
  }

  /// Runs a program to its end.
  public static func run(
    _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
    folder: String? = nil
  ) async throws -> Result {
    let program = try Program(name, arguments, environment: environment, folder: folder)
    try program.write(input)
    try program.closeInput()
    return await program.result()
  }
}
