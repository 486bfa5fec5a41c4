internal import ThinGRPCGuarding

/// The elements that one task has read and another has not taken yet, at most `limit` of them.
final class BatchBuffer<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    /// How the elements end, once that is known.
    var end: Result<Void, any Error>?
    /// Whether nobody takes elements any more.
    var isAbandoned = false
    var reader: CheckedContinuation<Void, Never>?
    var taker: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Guarded(State())

  init(limit: Int) {
    self.limit = limit
  }

  /// Adds an element, and suspends while the buffer is full.
  ///
  /// - Returns: whether there is still somebody who takes elements.
  func append(_ element: Element) async -> Bool {
    let taker = state.withLock { state in
      state.elements.append(element)
      return state.taker.take()
    }
    taker?.resume()
    await withCheckedContinuation { continuation in
      let hasSpace = state.withLock { state in
        guard state.elements.count >= limit, !state.isAbandoned else { return true }
        state.reader = continuation
        return false
      }
      if hasSpace { continuation.resume() }
    }
    return !state.withLock(\.isAbandoned)
  }

  /// Says that no more elements follow.
  func finish(_ end: Result<Void, any Error>) {
    let taker = state.withLock { state in
      state.end = end
      return state.taker.take()
    }
    taker?.resume()
  }

  /// Lets the reader go: nobody takes elements any more.
  func abandon() {
    let reader = state.withLock { state in
      state.isAbandoned = true
      return state.reader.take()
    }
    reader?.resume()
  }

  /// Takes all the elements that are there, and waits where there is none.
  ///
  /// - Returns: one to `limit` elements, or nil at the end.
  /// - Throws: what the elements ended with.
  func take() async throws -> [Element]? {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        guard state.elements.isEmpty, state.end == nil else { return true }
        state.taker = continuation
        return false
      }
      if isReady { continuation.resume() }
    }
    let (batch, reader, end) = state.withLock { state in
      let batch = state.elements
      state.elements = []
      return (batch, state.reader.take(), state.end)
    }
    reader?.resume()
    guard batch.isEmpty else { return batch }
    try end?.get()
    return nil
  }
}

extension AsyncSequence where Self: Sendable, Element: Sendable {
  /// Calls `body` with the elements in their order, as many at once as are there.
  ///
  /// While `body` works on a batch the next one is read, up to `limit` elements. An element that comes alone is
  /// handed on at once, so nothing ever waits for company.
  ///
  /// - Throws: what the sequence or `body` throws.
  func forEachBatch(upTo limit: Int, _ body: ([Element]) async throws -> Void) async throws {
    let buffer = BatchBuffer<Element>(limit: limit)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          for try await element in self {
            guard await buffer.append(element) else { return }
          }
          buffer.finish(.success(()))
        } catch {
          buffer.finish(.failure(error))
        }
      }
      defer { buffer.abandon() }
      while let batch = try await buffer.take() { try await body(batch) }
    }
  }
}
