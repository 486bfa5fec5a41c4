internal import CGRPCShim
internal import Dispatch
internal import Synchronization

/// What knows the metadata that proves who makes a call.
package protocol CallMetadataSource: AnyObject, Sendable {
  /// Finds the metadata for one call. Called on threads of the core, inside the call's start: it must not wait.
  ///
  /// - Parameter answer: takes the metadata later, on any thread, if it is not known at once.
  /// - Returns: the metadata, or why there is none; nil if it comes later.
  func metadata(for target: CallTarget, later answer: LaterMetadata) -> CallMetadata?
}

/// What a call is made to.
package struct CallTarget: Hashable, Sendable {
  /// Such as `https://localhost/userservice.UserService`.
  package let serviceURL: String
  /// Such as `GetUser`.
  package let method: String
}

/// Metadata for a call, or why there is none.
package enum CallMetadata: Sendable {
  /// Each field's `problem` is nil.
  case fields([MetadataField])
  /// The call ends with this code and message.
  case failure(code: Int32, message: String)
}

/// Takes the metadata for one call, once.
@safe package final class LaterMetadata: Sendable {
  // Sendable: written once; the core's function may be called on any thread.
  private nonisolated(unsafe) let callback: grpc_credentials_plugin_metadata_cb
  private nonisolated(unsafe) let request: UnsafeMutableRawPointer?
  private let isAnswered = Atomic<Bool>(false)

  fileprivate init(
    _ callback: @escaping grpc_credentials_plugin_metadata_cb, _ request: UnsafeMutableRawPointer?
  ) {
    unsafe self.callback = callback
    unsafe self.request = request
  }

  deinit {
    // The core waits for an answer, however long it takes.
    answer(.failure(code: GRPC_STATUS_UNAVAILABLE.code, message: "Nobody has said what the call is to send"))
  }

  /// Whether the core is not to wait for this answer, because it has another one.
  fileprivate func giveUp() { isAnswered.store(true, ordering: .relaxed) }

  /// Hands the metadata to the core, which sends the call or ends it. An answer after the first is nothing. The call may have ended.
  package func answer(_ metadata: CallMetadata) {
    if isAnswered.exchange(true, ordering: .relaxed) { return }
    switch metadata {
    case .fields(let fields):
      let outgoing = OutgoingMetadata(fields)
      unsafe callback(request, outgoing.pointer, outgoing.count, GRPC_STATUS_OK, nil)
      // The core has references of its own.
      withExtendedLifetime(outgoing) {}
    case .failure(let code, let message):
      let details = CredentialsFailure.text(code: code, message: message)
      unsafe callback(request, nil, 0, grpc_status_code(code), details)
    }
  }
}

extension grpc_metadata_credentials_plugin {
  /// A plugin that asks `source`, and keeps it for as long as the core has the plugin.
  static func asking(_ source: any CallMetadataSource) -> grpc_metadata_credentials_plugin {
    var plugin = unsafe grpc_metadata_credentials_plugin()
    unsafe plugin.type = UnsafePointer(pluginType)
    let kept = Source(source)
    kept.order.give()
    unsafe plugin.state = Unmanaged.passRetained(kept).toOpaque()
    unsafe plugin.destroy = { unsafe Unmanaged<Source>.fromOpaque($0!).release() }
    unsafe plugin.get_metadata = { state, context, callback, request, entries, count, code, details in
      let kept = unsafe Unmanaged<Source>.fromOpaque(state!).takeUnretainedValue()
      kept.order.take()
      let source = kept.source
      let target = unsafe CallTarget(
        serviceURL: String(cString: context.service_url), method: String(cString: context.method_name))
      let later = unsafe LaterMetadata(callback!, request)
      guard let metadata = source.metadata(for: target, later: later) else { return 0 }
      switch metadata {
      case .fields(let fields) where fields.count <= GRPC_METADATA_CREDENTIALS_PLUGIN_SYNC_MAX:
        later.giveUp()
        for (index, field) in fields.enumerated() {
          unsafe entries![index] = grpc_metadata(copying: field)
        }
        unsafe count!.pointee = fields.count
      case .fields:
        // There is no room for so many. The core must not be answered before this function has returned.
        DispatchQueue.global().async { later.answer(metadata) }
        return 0
      case .failure(let failure, let message):
        later.giveUp()
        unsafe code!.pointee = grpc_status_code(failure)
        unsafe details!.pointee = UnsafePointer(
          gpr_strdup(CredentialsFailure.text(code: failure, message: message)))
      }
      return 1
    }
    return unsafe plugin
  }

  private final class Source: Sendable {
    let source: any CallMetadataSource
    let order = HandedToCore()

    init(_ source: any CallMetadataSource) {
      self.source = source
    }
  }
}

/// Never freed: the core keeps the pointer.
private nonisolated(unsafe) let pluginType = unsafe gpr_strdup("ThinGRPC")!
