internal import GRPCRuntime

/// When calls that failed are made again (gRFC A6).
///
/// A call is made again if it has ended with one of some statuses before anything else has come from the server. For methods whose
/// calls may be made twice: a call that failed may have been processed nevertheless.
public struct RetryPolicy: Hashable, Sendable {
  /// How many attempts there are at most, the first included: 2 to 5. More stands for 5, as in all of gRPC.
  public var maxAttempts: Int
  /// About how long the wait before the second attempt is, more than zero.
  public var initialBackoff: Duration
  /// The longest wait, more than zero.
  public var maxBackoff: Duration
  /// How many times longer each further wait is, more than zero.
  public var backoffMultiplier: Double
  /// The statuses after which a call is made again, at least one.
  public var retryableStatusCodes: Set<StatusCode>

  /// Makes a policy; only calls that end with `unavailable` are made again by default.
  public init(
    maxAttempts: Int = 4, initialBackoff: Duration = .milliseconds(50), maxBackoff: Duration = .seconds(5),
    backoffMultiplier: Double = 2, retryableStatusCodes: Set<StatusCode> = [.unavailable]
  ) {
    self.maxAttempts = maxAttempts
    self.initialBackoff = initialBackoff
    self.maxBackoff = maxBackoff
    self.backoffMultiplier = backoffMultiplier
    self.retryableStatusCodes = retryableStatusCodes
  }

  /// The wait before an attempt, in nanoseconds: drawn within a fifth of what it grows to, as the core draws it.
  ///
  /// - Parameter index: 0 for the second attempt, counted anew after a server said when.
  func backoff(_ index: Int) -> Int64 {
    var longest = Double(initialBackoff.clampedNanoseconds)
    for _ in 0..<index { longest *= backoffMultiplier }
    longest = min(longest, Double(maxBackoff.clampedNanoseconds))
    return Int64(min(longest * .random(in: 0.8...1.2), 1e18))
  }
}

/// When a call is made several times at once, the first success to be its outcome (gRFC A6).
///
/// For methods whose calls may be made twice, each of which has to be named: a policy for a whole service is refused. It applies to
/// unary calls and, until their first response, to streams of responses.
public struct HedgingPolicy: Hashable, Sendable {
  /// How many attempts there are at most, the first included: 2 to 5. More stands for 5, as in all of gRPC.
  public var maxAttempts: Int
  /// How long each attempt has before the next is made beside it; zero makes all at once.
  public var hedgingDelay: Duration
  /// The statuses that do not end the call while there are other attempts, and have the next made at once.
  public var nonFatalStatusCodes: Set<StatusCode>

  /// Makes a policy; `unavailable` alone does not end a call by default.
  public init(
    maxAttempts: Int = 2, hedgingDelay: Duration, nonFatalStatusCodes: Set<StatusCode> = [.unavailable]
  ) {
    self.maxAttempts = maxAttempts
    self.hedgingDelay = hedgingDelay
    self.nonFatalStatusCodes = nonFatalStatusCodes
  }
}

/// When calls are no longer made again because too many fail.
///
/// A channel has tokens. Each failure that a policy would have a call made again for takes one, each success gives a part of one
/// back. While half of them or fewer are there, no call is made again or beside another.
public struct RetryThrottling: Hashable, Sendable {
  /// How many tokens there are at most, and at first: 1 to 1000.
  public var maxTokens: Int
  /// What a success gives back, more than zero. Thousandths count.
  public var tokenRatio: Double

  /// Makes a throttle.
  public init(maxTokens: Int, tokenRatio: Double) {
    self.maxTokens = maxTokens
    self.tokenRatio = tokenRatio
  }
}

extension Set<StatusCode> {
  var codes: StatusCodeSet {
    reduce(into: StatusCodeSet()) { $0.insert($1.rawValue) }
  }
}
