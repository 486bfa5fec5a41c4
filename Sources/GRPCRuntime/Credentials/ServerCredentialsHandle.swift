internal import CGRPCShim

/// A `grpc_server_credentials`, owned.
@safe package struct ServerCredentialsHandle: ~Copyable {
  let pointer: OpaquePointer

  /// No transport security (`grpc_insecure_server_credentials_create`).
  package static func insecure() -> ServerCredentialsHandle {
    Environment.initialize()
    return unsafe ServerCredentialsHandle(pointer: grpc_insecure_server_credentials_create())
  }

  deinit {
    unsafe grpc_server_credentials_release(pointer)
  }
}
