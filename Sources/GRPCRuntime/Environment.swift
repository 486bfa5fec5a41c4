internal import CGRPCShim
internal import Glibc

/// The core's process-wide state.
package enum Environment {
  /// Initializes the core, once for the life of the process (`grpc_init`).
  ///
  /// It is never shut down: `grpc_shutdown` finishes on another thread and must not run beside live objects.
  package static func initialize() {
    _ = initialized
  }

  private static let initialized: Void = {
    CoreLog.takeOver()
    endDeadlockDetection()
    keepFreedMemory()
    AcceptedConnections.takeOver()
    _ = thin_mend_configuration()
    grpc_init()
  }()

  /// Ends abseil's search for deadlocks (`absl::SetMutexDeadlockDetectionMode`), which Debian's build of it leaves on: a
  /// debugging aid that follows each lock that the core takes, and costs a call up to a tenth of its price.
  ///
  /// A C++ function of another name in each release of abseil, so it is looked up, unless abseil is a part of the program.
  /// Nothing changes where it is not found.
  private static func endDeadlockDetection() {
    typealias SetMode = @convention(c) (Int32) -> Void
    let setMode =
      unsafe thin_set_deadlock_detection()
      ?? dlsym(nil, THIN_SET_DEADLOCK_DETECTION).map { unsafe unsafeBitCast($0, to: SetMode.self) }
    // OnDeadlockCycle::kIgnore.
    setMode?(0)
  }
}
