internal import CGRPCShim
internal import Synchronization

/// The look for a second response to a unary call.
///
/// The core hands over the status when every message has been received, and a unary call asks for one. So a server that sends two
/// would have its caller wait for ever: another message is asked for, and none comes, or the call is refused.
@safe final class SurplusResponse: Completion, @unchecked Sendable {
  // Sendable: `hasBegun` is the watch's alone.
  private var hasBegun = false

  /// Asks for a second message. The core has handed over the first some time ago, so it is through with it, unless its thread has
  /// not run since: then it refuses, and is asked at the next look.
  func lookOnce(in call: ClientCall) {
    if hasBegun { return }
    var operations = Operations()
    unsafe operations.receiveSurplusMessage(into: call.slots)
    hasBegun = call.startUnlessRefused(&operations, for: self)
  }

  override func complete(_ succeeded: Bool, of owner: Completion) {
    let call = unsafe unsafeDowncast(owner, to: ClientCall.self)
    // The core would hold back the status until a third was received, and so on. What the call ends with does not depend on which
    // event comes first, this one or that of the status: see `ClientCall.status`.
    if unsafe call.slots.pointee.surplus_message != nil { call.cancelForSurplusResponse() }
  }
}

/// Looks for unary calls that have their response and no status.
///
/// Now and then, while there are calls: an event of its own for the response would cost each call a tenth of its price.
final class SurplusWatch: Sendable {
  private let isWatching = Atomic<Bool>(false)

  /// The time between two looks. Two pass from the response to the second one's being asked for.
  private static let interval = Duration.milliseconds(100)

  /// Watches the calls of `channel` for as long as there are unary ones.
  func watch(_ channel: ChannelHandle) {
    if isWatching.load(ordering: .relaxed) { return }
    if isWatching.exchange(true, ordering: .acquiringAndReleasing) { return }
    // Detached: the watch has nothing of the task whose call it began with, which it may outlast by far.
    Task.detached(priority: .medium) { [weak channel] in
      repeat {
        try? await Task.sleep(for: Self.interval)
      } while channel?.surplusWatch.look(at: channel) ?? false
    }
  }

  /// Looks once; whether to go on.
  private func look(at channel: ChannelHandle?) -> Bool {
    guard let channel else { return false }
    if Self.look(channel.openCalls.all) { return true }
    isWatching.store(false, ordering: .sequentiallyConsistent)
    // A call may have begun since, and relied on the watch.
    guard Self.look(channel.openCalls.all) else { return false }
    return !isWatching.exchange(true, ordering: .acquiringAndReleasing)
  }

  private static func look(_ calls: [ClientCall]) -> Bool {
    var isAnyUnary = false
    for call in calls where call.lookForSurplusResponse() { isAnyUnary = true }
    return isAnyUnary
  }
}
