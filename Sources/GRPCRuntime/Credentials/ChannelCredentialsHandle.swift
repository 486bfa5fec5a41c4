internal import CGRPCShim

/// A `grpc_channel_credentials`, owned.
@safe package struct ChannelCredentialsHandle: ~Copyable {
  let pointer: OpaquePointer

  /// No transport security (`grpc_insecure_credentials_create`).
  package static func insecure() -> ChannelCredentialsHandle {
    Environment.initialize()
    return unsafe ChannelCredentialsHandle(pointer: grpc_insecure_credentials_create())
  }

  /// These credentials, with others for all calls (`grpc_composite_channel_credentials_create`).
  package consuming func adding(_ callCredentials: CallCredentialsHandle) -> ChannelCredentialsHandle {
    unsafe ChannelCredentialsHandle(
      pointer: grpc_composite_channel_credentials_create(pointer, callCredentials.pointer, nil))
  }

  deinit {
    unsafe grpc_channel_credentials_release(pointer)
  }
}
