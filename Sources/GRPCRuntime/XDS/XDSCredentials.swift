internal import CGRPCShim

extension ChannelCredentialsHandle {
  /// What an xDS control plane says of a cluster's security, or else `fallback` (`grpc_xds_credentials_create`).
  package static func xds(fallback: borrowing ChannelCredentialsHandle) -> ChannelCredentialsHandle {
    unsafe ChannelCredentialsHandle(pointer: grpc_xds_credentials_create(fallback.pointer))
  }
}

extension ServerCredentialsHandle {
  /// What an xDS control plane says of a listener's security, or else `fallback` (`grpc_xds_server_credentials_create`).
  package static func xds(fallback: borrowing ServerCredentialsHandle) -> ServerCredentialsHandle {
    unsafe ServerCredentialsHandle(pointer: grpc_xds_server_credentials_create(fallback.pointer))
  }
}
