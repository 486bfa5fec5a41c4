internal import CGRPCShim

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
    grpc_init()
  }()
}
