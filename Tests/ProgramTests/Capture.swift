import Foundation
import ThinGRPCGuarding

/// What a program writes to a pipe, kept as it comes.
final class Capture: Sendable {
  let pipe = Pipe()
  private let state = Guarded((bytes: Data(), hasEnded: false))
  private let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  /// Reads until the program has closed the pipe. To be called once the program runs.
  func start() {
    // A thread that blocks in read: a dispatch source must not outlive its descriptor, and here nobody knows when.
    Thread.detachNewThread { [self] in
      while true {
        let bytes = pipe.fileHandleForReading.availableData
        let hasEnded = state.withLock { state in
          state.bytes += bytes
          if bytes.isEmpty { state.hasEnded = true }
          return state.hasEnded
        }
        changed.yield()
        if hasEnded { break }
      }
      try? pipe.fileHandleForReading.close()
    }
  }

  /// Reads no more, and closes the pipe with what is written next.
  func stop() {
    state.withLock { $0.hasEnded = true }
  }

  /// All that was written, once the pipe is closed.
  func text() async -> String {
    await wait { $0.hasEnded ? String(decoding: $0.bytes, as: UTF8.self) : nil } ?? ""
  }

  /// The first line that is wanted, as soon as it is there; nil if the output ends without it.
  func line(where isWanted: @Sendable (Substring) -> Bool) async -> String? {
    let line = await wait { state -> String?? in
      let lines = String(decoding: state.bytes, as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
      if let line = lines.dropLast().first(where: isWanted) { return .some(String(line)) }
      return state.hasEnded ? .some(nil) : nil
    }
    return line ?? nil
  }

  /// Waits until `find` finds something. One task waits at a time; a cancelled one is told nil.
  private func wait<Value: Sendable>(
    for find: @Sendable ((bytes: Data, hasEnded: Bool)) -> Value?
  ) async -> Value? {
    var changes = changes.makeAsyncIterator()
    repeat {
      if let value = state.withLock({ find($0) }) { return value }
    } while await changes.next() != nil
    return nil
  }
}
