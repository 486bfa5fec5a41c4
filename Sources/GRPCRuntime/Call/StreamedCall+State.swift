extension StreamedCall {
  /// How it stands with a call with a stream of requests.
  struct State {
    var call: ClientCall
    /// The requests in order; nil once none are kept.
    var written: [Request]? = []
    var byteCount = 0
    var hasFinished = false
    /// Whether the call is to be committed when what was kept has been written again.
    var isToBeCommitted = false
    /// The status with which this side has cancelled the call.
    var cancellation: (code: Int32, message: String)?
    /// Whether the call has ended, and whoever reads is to find out whether another takes its place.
    var isLeftToReader = false
    /// Whether the reader is having another call made: what is written meanwhile is kept, and written to that call after the rest.
    var isBeingReplaced = false
    /// The making of another call, waits before it included.
    var making: Task<ClientCall?, Never>?
    /// Whether the call has ended, and no other takes its place.
    var isOver = false
    /// The writing of what was kept to the call that took another's place.
    var replay: Task<Void, Never>?
    /// What ends with the call.
    var dependents: [Task<Void, Never>] = []
    /// Writers that wait for another call, or for there being none.
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  /// A request that is kept.
  final class Request: Sendable {
    let message: ByteBuffer

    init(_ message: consuming ByteBuffer) {
      self.message = message
    }

    /// What it costs to keep it, in bytes, its objects included: empty requests take memory too.
    var cost: Int { message.byteCount + 512 }
  }
}
