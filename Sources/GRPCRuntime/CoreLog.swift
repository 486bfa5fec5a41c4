internal import CGRPCShim
internal import Glibc
internal import ThinGRPCGuarding

/// What the core logs.
package enum CoreLog {
  /// The last error of each thread that wants to know, by the thread.
  private static let lastErrors = Guarded<[UInt: String]>([:])

  /// Keeps the core from writing to stderr: a library prints nothing. Its errors become notices.
  ///
  /// Whoever asks for the core's log, with its own environment variables, gets it as the core writes it.
  static func takeOver() {
    guard unsafe getenv("GRPC_VERBOSITY") == nil && getenv("GRPC_TRACE") == nil else { return }
    unsafe gpr_set_log_function { arguments in
      guard let arguments = unsafe arguments?.pointee, unsafe arguments.severity == GPR_LOG_SEVERITY_ERROR
      else { return }
      let message = unsafe String(cString: arguments.message)
      let isCaptured = CoreLog.lastErrors.withLock { errors in
        let thread = UInt(pthread_self())
        if errors[thread] == nil { return false }
        errors[thread] = message
        return true
      }
      if !isCaptured { Notices.post(.error, message) }
    }
  }

  /// Runs `body` and returns its result with the last error that the core logged for it on this thread; empty if none.
  package static func capturingError<Result>(_ body: () -> Result) -> (Result, String) {
    let thread = UInt(pthread_self())
    lastErrors.withLock { $0[thread] = "" }
    let result = body()
    return (result, lastErrors.withLock { $0.removeValue(forKey: thread) } ?? "")
  }
}
