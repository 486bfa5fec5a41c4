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

  /// Waits until another call is to take the place of `call`, which has ended; false if none is: it may have been processed, or the
  /// deadline would pass before.
  ///
  /// - Throws: `RPCError` with `cancelled` if the task is cancelled.
  mutating func waitForNext(after call: ClientCall) async throws(RPCError) -> Bool {
    guard let reason = call.unprocessed else { return false }
    if reason == .refused, count >= Self.mostRefused { return false }
    let wait = nextWait
    let isInTime = MonotonicInstant.now.advanced(byNanoseconds: wait) < call.parameters.deadline
    if !isInTime, call.parameters.deadline != .distantFuture { return false }
    count += 1
    do {
      if wait > 0 { try await Task.sleep(for: .nanoseconds(wait)) } else { try Task.checkCancellation() }
    } catch {
      throw RPCError(.cancelled, "The task that made the call was cancelled")
    }
    return true
  }

  /// In nanoseconds. Drawn, so that calls that ended together are not made again together.
  private var nextWait: Int64 {
    guard count > 1 else { return 0 }
    let longest = min(Self.longestWait, Self.firstWait << min(count - 2, 20))
    return .random(in: longest / 2...longest)
  }
}
