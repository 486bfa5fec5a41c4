internal import Dispatch
internal import ThinGRPCGuarding

/// Files that are looked at again and again, so that what they say can be taken over while a process runs.
///
/// What they contain is compared, not their times: so it makes no difference whether a file is written in place, renamed over, or
/// reached by a symbolic link that is turned to another folder, as Kubernetes does it. A change is told once two looks have found
/// the same: a file that is being written is waited for. Whether what is told is of any use, its reader has to judge; it
/// keeps what it has otherwise.
///
/// Reading blocks, so it is done on a Dispatch queue, on no thread of calls.
package final class WatchedFiles: Sendable {
  private struct State {
    /// What was told last.
    var told: [FileContents]
    /// What the last look found, if that is something else.
    var unsettled: [FileContents]?
  }

  private let paths: [String]
  private let interval: Duration
  private let mostByteCount: Int
  private let onChange: @Sendable ([FileContents]) -> Void
  private let onLook: (@Sendable ([FileContents]) -> Void)?
  private let state: Guarded<State>
  private let queue = DispatchQueue(label: "ThinGRPC.WatchedFiles", qos: .utility)

  /// How soon after a look that found a change another one has to find the same.
  private static let settling = Duration.milliseconds(100)

  /// Reads the files, on the caller's thread, and begins to watch them, for as long as this object lives.
  ///
  /// - Parameters:
  ///   - paths: those of the files.
  ///   - interval: the time between two looks.
  ///   - mostByteCount: a larger file counts as unreadable.
  ///   - onFirst: told, before this returns, what was found first. Nothing is watched if it throws.
  ///   - onChange: told, on a queue of its own, what all the files contain, when one of them contains something else than was
  ///     told before, or cannot be read any more.
  ///   - onLook: told, there too, after a look that has found nothing new, what was told last: for what depends on the time as well.
  package init<Failure: Error>(
    _ paths: [String], every interval: Duration, mostByteCount: Int,
    onFirst: ([FileContents]) throws(Failure) -> Void,
    onChange: @escaping @Sendable ([FileContents]) -> Void,
    onLook: (@Sendable ([FileContents]) -> Void)? = nil
  ) throws(Failure) {
    self.paths = paths
    self.interval = interval
    self.mostByteCount = mostByteCount
    self.onChange = onChange
    self.onLook = onLook
    let first = paths.map { FileContents(of: $0, mostByteCount: mostByteCount) }
    state = Guarded(State(told: first))
    try onFirst(first)
    lookLater(after: interval)
  }

  /// Looks at once, and tells of a change before it returns, if there is one that settles.
  package func look() async {
    await withCheckedContinuation { continuation in
      queue.async {
        if self.lookOnce() { return continuation.resume() }
        self.queue.asyncAfter(deadline: .now() + .nanoseconds(Int(Self.settling.clampedNanoseconds))) {
          _ = self.lookOnce()
          continuation.resume()
        }
      }
    }
  }

  private func lookLater(after wait: Duration) {
    let nanoseconds = Int(wait.clampedNanoseconds)
    queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in
      guard let self else { return }
      lookLater(after: lookOnce() ? self.interval : min(self.interval, Self.settling))
    }
  }

  /// On the queue.
  ///
  /// - Returns: whether nothing is unsettled.
  private func lookOnce() -> Bool {
    let found = paths.map { FileContents(of: $0, mostByteCount: mostByteCount) }
    let (isSettled, isNew) = state.withLock { state in
      if found == state.told {
        state.unsettled = nil
        return (true, false)
      }
      guard found == state.unsettled else {
        state.unsettled = found
        return (false, false)
      }
      state.told = found
      state.unsettled = nil
      return (true, true)
    }
    if isNew { onChange(found) } else if isSettled { onLook?(found) }
    return isSettled
  }
}
