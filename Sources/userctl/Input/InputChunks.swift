internal import ConsoleProgram
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Synchronization

/// The bytes of a file or of standard input, read ahead a little on a thread of their own.
///
/// There is one such sequence in a process, and it is iterated once: the file takes the place of standard input.
/// Cancelling the task that iterates ends the sequence, also while the thread still waits for input.
final class InputChunks: AsyncSequence, Sendable {
  enum Delivery: Sendable {
    /// In pieces of 64 KiB.
    case whole
    /// A line at once, so that a line typed at a terminal is not kept waiting.
    case lineByLine
  }

  private static let chunkSize = 64 * 1024
  private static let chunksAhead = 4

  /// The size of the input, where it is a regular file.
  let byteCount: Int?
  private let delivery: Delivery
  private let name: String
  private let (chunks, chunk) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
  private let space = DispatchSemaphore(value: 0)
  private let taken = Atomic(0)

  /// How many bytes have been taken out.
  var readCount: Int { taken.load(ordering: .relaxed) }

  /// Opens a file, or standard input for `-`.
  ///
  /// - Throws: `CommandError` when it cannot be opened.
  init(path: String, delivery: Delivery) throws {
    self.delivery = delivery
    name = path == "-" ? "standard input" : path
    if path == "-" {
      byteCount = nil
    } else {
      guard let file = FileHandle(forReadingAtPath: path), dup2(file.fileDescriptor, STDIN_FILENO) >= 0 else {
        throw CommandError.unreadable("cannot read \(path): \(systemMessage(errno))")
      }
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      byteCount = attributes?[.size] as? Int
    }
    // Signalled, not made with a value: a semaphore may not be let go with less than it was made with.
    for _ in 0..<Self.chunksAhead { space.signal() }
    // A thread, not a queue's worker: it waits in read for as long as nobody types.
    Thread.detachNewThread { self.read() }
  }

  /// Whether what is read is the regular file at a path.
  func isFile(at path: String) -> Bool {
    // The file takes the place of standard input.
    guard let input = FileIdentity(ofRegularFileAtPath: "/dev/stdin") else { return false }
    return input == FileIdentity(ofRegularFileAtPath: path)
  }

  private func read() {
    while true {
      space.wait()
      let bytes = nextChunk()
      if !bytes.isEmpty { chunk.yield(bytes) } else { break }
    }
    chunk.finish()
  }

  /// The next bytes, none at the end.
  private func nextChunk() -> [UInt8] {
    var bytes: [UInt8] = []
    errno = 0
    while bytes.count < Self.chunkSize {
      let byte = getchar_unlocked()
      guard byte != EOF else {
        if errno != 0 {
          chunk.finish(throwing: CommandError.unreadable("cannot read \(name): \(systemMessage(errno))"))
        }
        break
      }
      bytes.append(UInt8(truncatingIfNeeded: byte))
      if delivery == .lineByLine, byte == 0x0A { break }
    }
    return bytes
  }

  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let input: InputChunks
    fileprivate var chunks: AsyncThrowingStream<[UInt8], any Error>.AsyncIterator

    mutating func next() async throws -> [UInt8]? {
      guard let bytes = try await chunks.next(isolation: #isolation) else { return nil }
      input.space.signal()
      input.taken.add(bytes.count, ordering: .relaxed)
      return bytes
    }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(input: self, chunks: chunks.makeAsyncIterator())
  }
}
