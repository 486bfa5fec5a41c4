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

/// The connections that local credentials are for (`grpc_local_connect_type`).
package enum LocalConnection: Sendable {
  case unixSocket, loopback

  var coreValue: grpc_local_connect_type { self == .unixSocket ? UDS : LOCAL_TCP }
}

extension ChannelCredentialsHandle {
  /// For connections within the machine (`grpc_local_credentials_create`).
  package static func local(_ connection: LocalConnection) -> ChannelCredentialsHandle {
    Environment.initialize()
    return unsafe ChannelCredentialsHandle(pointer: grpc_local_credentials_create(connection.coreValue))
  }

  /// Google's ALTS (`grpc_alts_credentials_create`); nil where the machine is none of Google's.
  package static func alts(targetServiceAccounts: [String]) -> ChannelCredentialsHandle? {
    Environment.initialize()
    let options = unsafe grpc_alts_credentials_client_options_create()
    defer { unsafe grpc_alts_credentials_options_destroy(options) }
    for account in targetServiceAccounts {
      unsafe grpc_alts_credentials_client_options_add_target_service_account(options, account)
    }
    guard let pointer = unsafe grpc_alts_credentials_create(options) else { return nil }
    return unsafe ChannelCredentialsHandle(pointer: pointer)
  }
}
