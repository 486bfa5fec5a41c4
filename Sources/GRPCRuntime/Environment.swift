internal import CGRPCShim
internal import Glibc
internal import ThinGRPCGuarding

/// The core's process-wide state.
package enum Environment {
  /// Initializes the core, once for the life of the process (`grpc_init`).
  ///
  /// It is never shut down: `grpc_shutdown` finishes on another thread and must not run beside live objects.
  package static func initialize() {
    _ = initialized
  }

  private static let initialized: Void = {
    // The core writes errors to stderr unless told otherwise. A library prints nothing: the last error is kept,
    // so that setup errors can say why. Whoever asks for the core's log gets it as the core writes it.
    if unsafe getenv("GRPC_VERBOSITY") == nil && getenv("GRPC_TRACE") == nil {
      unsafe gpr_set_log_function { arguments in
        guard let arguments = unsafe arguments?.pointee, unsafe arguments.severity == GPR_LOG_SEVERITY_ERROR
        else { return }
        let message = unsafe String(cString: arguments.message)
        CoreLog.lastError.withLock { $0 = message }
      }
    }
    grpc_init()
  }()
}

/// What the core has logged.
package enum CoreLog {
  fileprivate static let lastError = Guarded<String?>(nil)

  /// Runs `body` and returns its result with the last error the core logged meanwhile.
  package static func capturingError<Result>(_ body: () -> Result) -> (Result, String?) {
    lastError.withLock { $0 = nil }
    let result = body()
    return (result, lastError.withLock { $0 })
  }
}
