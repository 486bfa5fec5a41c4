internal import CGRPCShim
internal import Dispatch
internal import ThinGRPCGuarding

/// Disconnects a client that keeps the thread of a queue busy inside the core with next to nothing.
///
/// The core's parser of HPACK begins a header again with each CONTINUATION frame that it comes in (CVE-2023-33953): a few mebibytes
/// of one unfinished header take its only thread for seconds, and no call of that queue goes on. No setting of the core bounds
/// that. What can be seen from outside: the thread uses processor time without leaving the core, has read hardly any bytes for that
/// time, and there is a connection from which it has read much without sending anything on it, not even the window updates,
/// acknowledgements and replies that all proper traffic leads to.
///
/// Nothing legitimate looks like that: a handler that computes or blocks is not inside the core, a call is an event for which the
/// thread leaves it, and large messages are many bytes for the time. Connections of unix sockets are not watched: the kernel
/// does not count for them.
final class StallWatch: Sendable {
  fileprivate struct State {
    var loops: [ObjectIdentifier: Watched] = [:]
    var isLooking = false
    var lookTime: Int64 = 0
    /// How many looks at short intervals are still to come.
    var closeLooks = 0
    /// How many of them may still go by until what is known of the sockets is too old.
    var socketLookAge = 0
    /// The processor time of busy loops since the sockets were looked at.
    var busyNanoseconds: Int64 = 0
  }

  fileprivate struct Watched {
    let loop: EventLoop
    var last: LoopActivity.Sample?
    var serverCount = 0
  }

  static let shared = StallWatch()

  private let state = Guarded(State())

  fileprivate static let timeBetweenLooks = 500
  fileprivate static let timeBetweenCloseLooks = 100
  /// How many close looks follow one that was suspicious.
  fileprivate static let mostCloseLooks = 20
  /// How much of the time the thread has to be busy: little, for the machine may be busy too.
  fileprivate static let busyShare = 0.05
  /// The most events for each second of processor time; small calls make some ten thousand.
  fileprivate static let mostEventsPerSecond = 1_000.0
  /// The most events for each second of processor time of a thread that is taken to be stuck: one in two milliseconds.
  fileprivate static let mostEventsPerStuckSecond = 500.0
  /// The most bytes read for each second of processor time; large messages make some hundred million.
  fileprivate static let mostBytesPerSecond = 24e6
  /// What is read from a connection before it is ended, in bytes since something was sent on it.
  fileprivate static let mostSilentBytes: UInt64 = 512 << 10

  /// Begins to watch the loops of a server's queues.
  func add(_ queues: [CompletionQueue]) {
    let isFirst = state.withLock { state in
      for queue in queues {
        state.loops[ObjectIdentifier(queue.loop), default: Watched(loop: queue.loop)].serverCount += 1
      }
      defer { state.isLooking = true }
      return !state.isLooking
    }
    if isFirst { lookLater(after: Self.timeBetweenLooks) }
  }

  /// Ends what `add` has begun.
  func remove(_ queues: [CompletionQueue]) {
    state.withLock { state in
      for queue in queues {
        let key = ObjectIdentifier(queue.loop)
        state.loops[key]?.serverCount -= 1
        if state.loops[key]?.serverCount == 0 { state.loops[key] = nil }
      }
    }
  }

  private func lookLater(after milliseconds: Int) {
    DispatchQueue.global(qos: .userInitiated).asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
      self.look()
    }
  }

  private func look() {
    let (next, endedByteCount) = state.withLock { state -> (Int?, UInt64?) in
      if state.loops.isEmpty {
        state.isLooking = false
        return (nil, nil)
      }
      let now = MonotonicInstant.now.nanoseconds
      let elapsed = now - state.lookTime
      state.lookTime = now
      let isStuck = state.lookAtLoops(elapsed: elapsed)
      let next = state.closeLooks > 0 ? Self.timeBetweenCloseLooks : Self.timeBetweenLooks
      state.closeLooks = max(0, state.closeLooks - 1)
      state.socketLookAge = max(0, state.socketLookAge - 1)
      guard isStuck else { return (next, nil) }
      // The first look only finds out what there is.
      let isFirst = state.socketLookAge == 0
      state.socketLookAge = Self.mostCloseLooks
      let readByteCount = ConnectionTable.shared.look()
      let isSlow = Double(readByteCount) < Self.mostBytesPerSecond * Double(state.busyNanoseconds) / 1e9
      state.busyNanoseconds = 0
      guard !isFirst, isSlow else { return (next, nil) }
      return (next, ConnectionTable.shared.resetMostSilent(from: Self.mostSilentBytes))
    }
    if let endedByteCount {
      Notices.post(
        .warning,
        "A client was disconnected: it kept a thread busy, and sent \(endedByteCount) bytes that made no call"
      )
    }
    if let next { lookLater(after: next) }
  }
}

extension StallWatch.State {
  /// Sees whether a loop has few events for the time that it uses, and returns whether one is busy that has hardly left the core
  /// since the last look.
  fileprivate mutating func lookAtLoops(elapsed: Int64) -> Bool {
    var isStuck = false
    for key in loops.keys {
      let sample = loops[key]?.loop.activity.sample
      defer { loops[key]?.last = sample }
      guard let last = loops[key]?.last, let sample else { continue }
      let busy = sample.processorNanoseconds - last.processorNanoseconds
      let events = sample.eventCount - last.eventCount
      guard Double(busy) > StallWatch.busyShare * Double(elapsed),
        Double(events) < StallWatch.mostEventsPerSecond * Double(busy) / 1e9
      else { continue }
      closeLooks = StallWatch.mostCloseLooks
      busyNanoseconds += busy
      // Calls that are served between two frames of a flood are events too.
      if last.isInCore, sample.isInCore,
        Double(events) < StallWatch.mostEventsPerStuckSecond * Double(busy) / 1e9 + 1
      {
        isStuck = true
      }
    }
    return isStuck
  }
}
