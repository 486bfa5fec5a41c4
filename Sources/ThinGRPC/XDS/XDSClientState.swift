internal import GRPCRuntime

/// What this process was told by its xDS control plane.
public enum XDSClientState {
  /// The resources that the process asked for, each with what came and whether it was taken, as a serialized
  /// `envoy.service.status.v3.ClientConfig`: what a CSDS service answers. Empty where nothing is configured by xDS.
  ///
  /// That is of the channels and servers that share the process's connection to the control plane; see <doc:XDS>. Rests on
  /// `grpc_dump_xds_configs`.
  public static var serializedClientConfig: [UInt8] { XDSClient.serializedState() }
}
