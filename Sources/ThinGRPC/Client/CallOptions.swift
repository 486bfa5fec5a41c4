internal import GRPCRuntime

/// What a caller can say of one call.
public struct CallOptions: Sendable {
  /// When the call is given up; the channel's default where nothing is said.
  public var deadline: CallDeadline
  /// The initial metadata to send.
  public var metadata: Metadata
  /// Whether to wait for a connection, up to the deadline, rather than fail with `unavailable` while there is none; nil leaves that to
  /// the service config, without which no call waits.
  public var waitsForReady: Bool?
  /// Takes down the metadata that the server sends.
  public var receivedMetadata: ReceivedMetadata?
  /// What the call sends to prove who makes it, beside what the channel's credentials have all calls send. None by default.
  public var credentials: CallCredentials?

  /// Makes options; every one has a default.
  public init(
    deadline: CallDeadline = .channelDefault, metadata: Metadata = Metadata(), waitsForReady: Bool? = nil,
    receivedMetadata: ReceivedMetadata? = nil, credentials: CallCredentials? = nil
  ) {
    self.deadline = deadline
    self.metadata = metadata
    self.waitsForReady = waitsForReady
    self.receivedMetadata = receivedMetadata
    self.credentials = credentials
  }

  /// Options with a deadline `timeout` after the call's start.
  public static func timeout(_ timeout: Duration) -> CallOptions {
    CallOptions(deadline: .after(timeout))
  }
}

/// When a call is given up with `deadlineExceeded`.
///
/// A call that is made in a handler is never given up later than the handler's own, unless it says `none`.
public struct CallDeadline: Hashable, Sendable {
  private enum Kind: Hashable {
    case channelDefault, none
    case after(Duration)
    // Indirect, because the layout of an instant is only known at run time, and would make that of all options so.
    indirect case at(ContinuousClock.Instant)
  }
  private let kind: Kind

  /// The channel's default timeout after the call's start.
  public static var channelDefault: CallDeadline { CallDeadline(kind: .channelDefault) }
  /// Never: the call may last as long as it likes.
  public static var none: CallDeadline { CallDeadline(kind: .none) }

  /// Some time after the call's start; a timeout of zero or less has passed already.
  public static func after(_ timeout: Duration) -> CallDeadline {
    CallDeadline(kind: .after(timeout))
  }

  /// At a point in time.
  public static func at(_ instant: ContinuousClock.Instant) -> CallDeadline {
    CallDeadline(kind: .at(instant))
  }

  /// The deadline of a call that starts now.
  ///
  /// - Parameters:
  ///   - defaultTimeout: the channel's, in nanoseconds.
  ///   - methodTimeout: what the service config says, in nanoseconds: instead of the channel's, and as the longest there is.
  /// - Throws: `RPCError` with `deadlineExceeded` if it has passed. The core rounds up, and might just let such a call through.
  func instant(defaultTimeout: Int64?, methodTimeout: Int64? = nil) throws(RPCError) -> MonotonicInstant {
    var timeout: Int64?
    switch kind {
    case .none:
      return methodTimeout.map { MonotonicInstant.now.advanced(byNanoseconds: $0) } ?? .distantFuture
    case .channelDefault: timeout = methodTimeout ?? defaultTimeout
    case .after(let duration): timeout = duration.clampedNanoseconds
    case .at(let instant): timeout = (instant - .now).clampedNanoseconds
    }
    if let methodTimeout { timeout = min(timeout ?? methodTimeout, methodTimeout) }
    let inherited = ServerContext.current?.call.deadline ?? .distantFuture
    guard let timeout else { return inherited }
    if timeout <= 0 { throw RPCError(.deadlineExceeded, "The deadline passed before the call began") }
    return min(MonotonicInstant.now.advanced(byNanoseconds: timeout), inherited)
  }
}
