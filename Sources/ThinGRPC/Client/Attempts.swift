internal import GRPCRuntime

/// When another call takes the place of one that has ended.
///
/// A call that the server has not processed is made again at once the first time, which is all that a connection at its end calls for.
/// After that the waits grow, each up to twice as long as the one before: a server that turns every call away is asked ever less
/// often. A call that failed is made again as a retry policy says. One sequence of waits has nothing to do with the other.
@usableFromInline
struct Attempts: Sendable {
  /// How many calls have been made that the server did not process.
  private var unprocessedCount = 0
  /// How many waits the policy has had since the server last said when.
  private var backoffCount = 0
  private let policy: RetryPolicy?

  init(_ policy: RetryPolicy? = nil) {
    self.policy = policy
  }

  /// The wait before the third call, in nanoseconds, and the longest between two.
  private static let firstWait: Int64 = 10_000_000
  private static let longestWait: Int64 = 120_000_000_000
  /// How many calls are made at most where the server refuses them: it is there, and likely has too much to do already.
  private static let mostRefused = 5

  /// How many attempts a policy has at most that says how many: gRPC takes more than five for five.
  static func count(upTo maxAttempts: Int) -> Int { min(maxAttempts, 5) }

  /// A call that is to take the place of another.
  struct Next {
    /// How long it is to be waited for, in nanoseconds.
    let wait: Int64
    let parameters: ClientCall.Parameters
  }

  /// What is to take the place of `call`, which has ended; nil if nothing does: it may have been processed, and no policy says
  /// otherwise, or the deadline would pass before.
  mutating func next(after call: ClientCall) -> Next? {
    guard let next = nextUnprocessed(call) ?? nextByPolicy(call) else { return nil }
    let deadline = call.parameters.deadline
    guard deadline == .distantFuture || MonotonicInstant.now.advanced(byNanoseconds: next.wait) < deadline
    else { return nil }
    return next
  }

  private mutating func nextUnprocessed(_ call: ClientCall) -> Next? {
    guard let reason = call.unprocessed else { return nil }
    guard reason != .refused || unprocessedCount + 1 < Self.mostRefused else { return nil }
    defer { unprocessedCount += 1 }
    return Next(wait: waitOfUnprocessed, parameters: call.parameters)
  }

  private mutating func nextByPolicy(_ call: ClientCall) -> Next? {
    guard let policy, call.isRetryable, call.parameters.throttle?.allowsAttempts != false else { return nil }
    var parameters = call.parameters
    parameters.previousAttempts += 1
    guard parameters.previousAttempts < Self.count(upTo: policy.maxAttempts) else { return nil }
    guard let pushback = call.retryPushback else {
      defer { backoffCount += 1 }
      return Next(wait: policy.backoff(backoffCount), parameters: parameters)
    }
    if pushback < 0 { return nil }
    backoffCount = 0
    let wait = Duration.milliseconds(pushback).clampedNanoseconds
    return Next(wait: wait, parameters: parameters)
  }

  /// Waits until another call is to take the place of `call`; what that is made with, or nil if none is, or the task is cancelled.
  mutating func waitForNext(after call: ClientCall) async -> ClientCall.Parameters? {
    guard let next = next(after: call), await Self.pass(next.wait) else { return nil }
    return next.parameters
  }

  /// Waits for some nanoseconds; false if the task is cancelled.
  static func pass(_ wait: Int64) async -> Bool {
    // The clock traps on instants that it cannot tell: a century is as good.
    if wait > 0 { try? await Task.sleep(for: .nanoseconds(min(wait, 3_000_000_000_000_000_000))) }
    return !Task.isCancelled
  }

  /// In nanoseconds. Drawn, so that calls that ended together are not made again together.
  private var waitOfUnprocessed: Int64 {
    guard unprocessedCount > 0 else { return 0 }
    let longest = min(Self.longestWait, Self.firstWait << min(unprocessedCount - 1, 20))
    return .random(in: longest / 2...longest)
  }
}
