internal import Dispatch
internal import ThinGRPCGuarding

/// What the core and the runtime have to say that is part of no call: for whoever keeps a log.
package enum Notices {
  package enum Severity: Sendable {
    /// Something is wrong that this library deals with.
    case warning
    /// The core says that something failed.
    case error
  }

  package typealias Handler = @Sendable (Severity, String) -> Void

  private struct State {
    var handler: Handler?
    var turnEnd = DispatchTime(uptimeNanoseconds: 0)
    var countInTurn = 0
    var leftOutCount = 0
  }

  private static let state = Guarded(State())

  /// The handler is called here: on no thread of the core, which logs with its locks held.
  private static let queue = DispatchQueue(label: "ThinGRPC.Notices")

  /// The most notices in a second: clients can make the core say things.
  private static let mostInTurn = 10

  /// Has `handler` called with every notice from now on, one at a time; nil for none.
  package static func setHandler(_ handler: Handler?) {
    state.withLock { $0.handler = handler }
  }

  /// Hands a notice to the handler, if there is one. Any thread, with whatever locks.
  static func post(_ severity: Severity, _ text: String) {
    state.withLock { state in
      guard let handler = state.handler else { return }
      let now = DispatchTime.now()
      if now >= state.turnEnd {
        state.turnEnd = now + .seconds(1)
        state.countInTurn = 0
      }
      state.countInTurn += 1
      if state.countInTurn <= mostInTurn {
        queue.async { handler(severity, text) }
      } else {
        state.leftOutCount += 1
        if state.leftOutCount == 1 { queue.asyncAfter(deadline: state.turnEnd) { tellOfThoseLeftOut() } }
      }
    }
  }

  private static func tellOfThoseLeftOut() {
    let (handler, count) = state.withLock { state in
      defer { state.leftOutCount = 0 }
      return (state.handler, state.leftOutCount)
    }
    handler?(.warning, "\(count) further messages were left out")
  }
}
