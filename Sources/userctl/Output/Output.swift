internal import ConsoleProgram
internal import Foundation
internal import Glibc
internal import ThinGRPCGuarding

/// Thrown when the reader of the output has gone, as `head` does: nothing is left to do, and nothing is wrong.
struct BrokenPipe: Error {}

/// Standard output or a file, written in large pieces, or line by line to a terminal.
final class Output: Sendable {
  enum Format: Sendable {
    case text, json
  }

  /// The bytes after which a piece is written.
  private static let pieceSize = 32 * 1024

  private let format: Format
  private let descriptor: FileHandle
  private let isTerminal: Bool
  private let pending = Guarded<[UInt8]>([])

  /// Standard output.
  init(format: Format) {
    self.format = format
    descriptor = .standardOutput
    isTerminal = isatty(STDOUT_FILENO) == 1
  }

  /// A file of JSON lines, made where there is none. What a file had is gone; a pipe or a device is written to.
  ///
  /// - Throws: `CommandError` when it cannot be made.
  init(path: String) throws {
    format = .json
    isTerminal = false
    if let stream = Self.standardStream(at: path) {
      descriptor = stream
      return
    }
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw CommandError.unwritable("cannot write \(path): \(systemMessage(errno))")
    }
    // What is no regular file has no length.
    try? file.truncate(atOffset: 0)
    descriptor = file
  }

  /// The stream of our own that a path names, by its name or as the file that it goes to. Opened anew, a file would be
  /// emptied and written over by both.
  private static func standardStream(at path: String) -> FileHandle? {
    let streams: [(names: [String], handle: FileHandle)] = [
      (["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"], .standardOutput),
      (["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"], .standardError),
    ]
    let file = FileIdentity(ofRegularFileAtPath: path)
    return streams.first { names, _ in
      names.contains(path) || file != nil && file == FileIdentity(ofRegularFileAtPath: names[0])
    }?.handle
  }

  /// Prints a value at once.
  func print(_ value: some Printable) throws {
    try append(value)
    try flush()
  }

  /// Prints a value, at once to a terminal, else with others.
  func add(_ value: some Printable) throws {
    let size = try append(value)
    if isTerminal || size >= Self.pieceSize { try flush() }
  }

  /// Writes what has not been written yet.
  ///
  /// - Throws: `BrokenPipe` when the reader has gone, `CommandError` for any other failure.
  func flush() throws {
    try pending.withLock { pending in
      defer { pending.removeAll(keepingCapacity: true) }
      do throws(WriteError) {
        try descriptor.writeAll(pending)
      } catch {
        if error.isReaderGone { throw BrokenPipe() }
        throw CommandError.unwritable("cannot write the output: \(error)")
      }
    }
  }

  @discardableResult
  private func append(_ value: some Printable) throws -> Int {
    let line =
      switch format {
      case .text: Array(value.text.utf8)
      // Controls in JSON are in its strings alone, whichever of the two encoders wrote it.
      case .json: Array(String(decoding: try value.json(), as: UTF8.self).escapedInJSON.utf8)
      }
    return pending.withLock { pending in
      pending.append(contentsOf: line)
      pending.append(UInt8(ascii: "\n"))
      return pending.count
    }
  }
}
