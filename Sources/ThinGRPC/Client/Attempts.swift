internal import GRPCRuntime

/// When a call that the server has not processed is made again.
///
/// At once the first time, which is all that a connection at its end calls for. After that the waits grow, each up to twice as long
/// as the one before: a server that turns every call away is asked ever less often.
@usableFromInline
struct Attempts: Sendable {
  /// How many calls have been made.
  private var count = 1

  @usableFromInline
  init() {}

  /// The wait before the third call, in nanoseconds, and the longest between two.
  private static let firstWait: Int64 = 10_000_000
  private static let longestWait: Int64 = 120_000_000_000
  /// How many calls are made at most where the server refuses them: it is there, and likely has too much to do already.
  private static let mostRefused = 5

  /// The wait before another call takes the place of `call`, which has ended, in nanoseconds; nil if none does: it may have been
  /// processed, or the deadline would pass before.
  mutating func next(after call: ClientCall) -> Int64? {
    guard let reason = call.unprocessed, reason != .refused || count < Self.mostRefused else { return nil }
    let wait = nextWait
    let deadline = call.parameters.deadline
    guard deadline == .distantFuture || MonotonicInstant.now.advanced(byNanoseconds: wait) < deadline
    else { return nil }
    count += 1
    return wait
  }

  /// Waits until another call is to take the place of `call`; false if none is, or the task is cancelled.
  mutating func waitForNext(after call: ClientCall) async -> Bool {
    guard let wait = next(after: call) else { return false }
    return await Self.pass(wait)
  }

  /// Waits for some nanoseconds; false if the task is cancelled.
  static func pass(_ wait: Int64) async -> Bool {
    if wait > 0 { try? await Task.sleep(for: .nanoseconds(wait)) }
    return !Task.isCancelled
  }

  /// In nanoseconds. Drawn, so that calls that ended together are not made again together.
  private var nextWait: Int64 {
    guard count > 1 else { return 0 }
    let longest = min(Self.longestWait, Self.firstWait << min(count - 2, 20))
    return .random(in: longest / 2...longest)
  }
}
