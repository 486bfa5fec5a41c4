internal import Dispatch
internal import Glibc
internal import ThinGRPCGuarding

/// Notices a listener that is dead: the process lives, and nobody is served (CVE-2023-4785).
///
/// No shortage ends a listener here, for `accept4` is ours. But the core's listener may end all the same: where the core could not be
/// given that function, or somebody has closed its socket. The core cannot listen again on a server that has started, so what is
/// left is to say so, or to end the process and leave the rest to whoever starts it.
final class ListenerWatch: Sendable {
  fileprivate struct Watched {
    let cookie: UInt64
    var acceptCount: UInt64
    var activity: [LoopActivity.Sample?]
    /// How many looks have found a client waiting that nobody has accepted.
    var waitingLooks = 0
  }

  fileprivate struct State {
    var watched: [Int32: Watched] = [:]
    var reported: Set<Int32> = []
    var isLooking = false
  }

  static let shared = ListenerWatch()

  private let state = Guarded(State())

  private static let secondsBetweenLooks = 2
  /// So many looks in a row find a client waiting at a dead listener: ten seconds.
  fileprivate static let mostWaitingLooks = 5
  /// EX_SOFTWARE of <sysexits.h>.
  private static let exitCode: Int32 = 70

  /// Begins to watch, until there is no listener any more.
  func begin() {
    let isFirst = state.withLock { state in
      defer { state.isLooking = true }
      return !state.isLooking
    }
    if isFirst { lookLater() }
  }

  private func lookLater() {
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .seconds(Self.secondsBetweenLooks)) {
      self.look()
    }
  }

  private func look() {
    let listeners = ListeningSockets.all
    let dead = state.withLock { state in
      state.isLooking = !listeners.isEmpty
      state.watched = state.watched.filter { listeners[$0.key] != nil }
      state.reported = state.reported.filter { listeners[$0] != nil }
      return listeners.filter { !state.reported.contains($0.key) && state.isDead($0.key, $0.value) }
    }
    for (socket, listener) in dead {
      // It may have been closed with its server since.
      guard ListeningSockets.all[socket]?.server === listener.server else { continue }
      state.withLock { state in _ = state.reported.insert(socket) }
      report(listener)
    }
    if !listeners.isEmpty { lookLater() }
  }

  private func report(_ listener: ListeningSockets.Listener) {
    let problem = "The listener at \(listener.place) is dead: no connection is accepted there any more"
    Notices.post(.error, problem)
    guard listener.server.endsWithListener else { return }
    let line = "\(problem). The process ends\n"
    _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
    _exit(Self.exitCode)
  }
}

extension ListenerWatch.State {
  fileprivate mutating func isDead(_ socket: Int32, _ listener: ListeningSockets.Listener) -> Bool {
    let activity = listener.server.activity
    guard let cookie = AcceptedSocket.cookie(of: socket), ListeningSockets.isListening(socket) else {
      return true
    }
    guard var known = watched[socket] else {
      watched[socket] = ListenerWatch.Watched(
        cookie: cookie, acceptCount: listener.acceptCount, activity: activity)
      return false
    }
    guard known.cookie == cookie else { return true }
    defer { watched[socket] = known }
    let isAccepting = known.acceptCount != listener.acceptCount
    let isServing = zip(known.activity, activity).contains { Self.hasTime($0, $1) }
    known.acceptCount = listener.acceptCount
    known.activity = activity
    guard !isAccepting, isServing, !ListeningSockets.isShort, Self.hasClientWaiting(socket) else {
      known.waitingLooks = 0
      return false
    }
    known.waitingLooks += 1
    return known.waitingLooks >= ListenerWatch.mostWaitingLooks
  }

  /// Whether a thread would accept: it handles events, or waits for them. A thread that a handler blocks does neither.
  private static func hasTime(_ last: LoopActivity.Sample?, _ now: LoopActivity.Sample?) -> Bool {
    guard let last, let now else { return false }
    let busy = now.processorNanoseconds - last.processorNanoseconds
    return now.eventCount != last.eventCount || (now.isInCore && busy < 100_000_000)
  }

  /// Whether a connection waits to be accepted.
  private static func hasClientWaiting(_ socket: Int32) -> Bool {
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&descriptor, 1, 0) == 1 && descriptor.revents & Int16(POLLIN) != 0
  }
}
