internal import Foundation
internal import Synchronization

/// What a program writes to a pipe, kept as it comes.
final class Capture: Sendable {
  let pipe = Pipe()
  private let state = Mutex((bytes: Data(), hasEnded: false))
  private let (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

  init() {
    pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let bytes = handle.availableData
      if bytes.isEmpty { handle.readabilityHandler = nil }
      self?.add(bytes)
    }
  }

  private func add(_ bytes: Data) {
    state.withLock { state in
      state.bytes += bytes
      if bytes.isEmpty { state.hasEnded = true }
    }
    changed.yield()
  }

  func close() throws {
    pipe.fileHandleForReading.readabilityHandler = nil
    try pipe.fileHandleForReading.close()
    add(Data())
  }

  /// All that was written, once the pipe is closed.
  func text() async -> String {
    await wait { $0.hasEnded ? String(decoding: $0.bytes, as: UTF8.self) : nil } ?? ""
  }

  func line(startingWith prefix: String) async -> String? {
    let line = await wait { state -> String?? in
      let lines = String(decoding: state.bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      if let line = lines.dropLast().first(where: { $0.hasPrefix(prefix) }) { return .some(String(line)) }
      return state.hasEnded ? .some(nil) : nil
    }
    return line ?? nil
  }

  /// Waits until `find` finds something. One task waits at a time; a cancelled one is
  /// told nil.
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
