internal import CGRPCShim

/// A `grpc_channel_credentials`, owned.
@safe package struct ChannelCredentialsHandle: ~Copyable {
  let pointer: OpaquePointer

  /// No transport security (`grpc_insecure_credentials_create`).
  package static func insecure() -> ChannelCredentialsHandle {
    Environment.initialize()
    return unsafe ChannelCredentialsHandle(pointer: grpc_insecure_credentials_create())
  }

  deinit {
    unsafe grpc_channel_credentials_release(pointer)
  }
}
