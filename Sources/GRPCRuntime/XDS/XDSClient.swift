internal import CGRPCShim
internal import ThinGRPCGuarding

/// The core's clients of xDS control planes.
///
/// The core has one for the process, which all channels and servers share that say nothing of a bootstrap. It is made with the first
/// of them and ends with the last, and each time it is made it reads its bootstrap: from the environment, else from a
/// fallback, which can be set. A channel or server that is given a bootstrap in its arguments has a client of its own instead.
package enum XDSClient {
  /// The environment variables that the core reads, in this order.
  package static let bootstrapFileVariable = "GRPC_XDS_BOOTSTRAP"
  package static let bootstrapVariable = "GRPC_XDS_BOOTSTRAP_CONFIG"

  /// The argument is for tests, the core says: each channel has a connection to the control plane then, and none is in
  /// `serializedState`. There is no other way to have two bootstraps in one process.
  private static let bootstrapArgument = "grpc.TEST_ONLY_DO_NOT_USE_IN_PROD.xds_bootstrap_config"

  /// The fallback of the process's client, once it is set.
  private static let fallback = Guarded<String?>(nil)

  /// Has what is made with `arguments` use a bootstrap: by the process's client if that has the same, or none yet; by one of its
  /// own otherwise.
  ///
  /// - Parameter bootstrap: JSON that the core takes; see `grpc_core::GrpcXdsBootstrap`.
  package static func use(_ bootstrap: String, in arguments: inout ChannelArguments) {
    if !isBootstrapOfProcess(bootstrap) { arguments.set(bootstrapArgument, .string(bootstrap)) }
  }

  private static func isBootstrapOfProcess(_ bootstrap: String) -> Bool {
    // The environment's comes first.
    if EnvironmentVariable.value(of: bootstrapFileVariable) != nil { return false }
    if EnvironmentVariable.value(of: bootstrapVariable) != nil { return false }
    Environment.initialize()
    return fallback.withLock { fallback in
      if let fallback { return fallback == bootstrap }
      guard unsafe thin_set_xds_bootstrap(bootstrap) else { return false }
      fallback = bootstrap
      return true
    }
  }

  /// What the process's client has asked for and was told, as `envoy.service.status.v3.ClientConfig`; empty where nothing is
  /// configured by xDS (`grpc_dump_xds_configs`).
  package static func serializedState() -> [UInt8] {
    Environment.initialize()
    let slice = unsafe grpc_dump_xds_configs()
    defer { unsafe grpc_slice_unref(slice) }
    return unsafe slice.bytes
  }
}
