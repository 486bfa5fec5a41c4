/// How closely the messages of a stream follow each other, where they are not written on the queue's thread: whether one is sent at
/// once, or waits for the next.
///
/// Where messages come faster than they can be sent one by one, it pays to gather them.
struct WritingPace {
  /// When the last write ended.
  private var lastWrite: Int64?
  /// When the run of close messages began that the last one belongs to.
  private var runStart: Int64 = 0
  private var lastSend: Int64 = 0
  /// The least time that sending took.
  private var sendingTime = Self.longestWait

  /// Gathered messages go out at least this often, in nanoseconds.
  private static let longestWait: Int64 = 1_000_000

  /// Notes that a message is written now; whether it follows the last one so closely that it may wait for others.
  mutating func beginWrite(at now: MonotonicInstant) -> Bool {
    let isClose = isClose(to: now)
    if !isClose { runStart = now.nanoseconds }
    lastWrite = now.nanoseconds
    return isClose && now.nanoseconds - lastSend < Self.longestWait
  }

  /// Notes that the writing task goes on only now: what it waited for meanwhile is no pause of its own.
  mutating func endWrite(at now: MonotonicInstant) { lastWrite = now.nanoseconds }

  /// Notes that what had gathered has been sent, and how long it took where that is known.
  mutating func didSend(since start: MonotonicInstant?, at end: MonotonicInstant) {
    if let start { sendingTime = min(sendingTime, end.nanoseconds - start.nanoseconds) }
    lastSend = end.nanoseconds
  }

  /// Whether more messages are to be expected soon: they have followed each other closely for as long as what has gathered may
  /// still wait, and the last has only just been written. So to wait at most doubles the time that such a run takes.
  func isGoingOn(at now: MonotonicInstant) -> Bool {
    isClose(to: now) && now.nanoseconds - runStart >= Self.longestWait
  }

  private func isClose(to now: MonotonicInstant) -> Bool {
    guard let lastWrite else { return false }
    return now.nanoseconds - lastWrite < 2 * sendingTime
  }
}
