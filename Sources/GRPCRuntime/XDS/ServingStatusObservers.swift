internal import CGRPCShim
internal import ThinGRPCGuarding

/// Who is told whether the servers' addresses are served.
///
/// The core tells it on threads of its own, with a lock held, and may still do so while its server is being destroyed. So it is given
/// a number rather than a pointer, and what the number stands for may be gone.
enum ServingStatusObservers {
  /// Takes the address, a status code and a message. OK: the address is served. Must neither block nor call the core.
  typealias Observer = @Sendable (String, Int32, String) -> Void

  private static let state = Guarded<(observers: [UInt: Observer], lastNumber: UInt)>(([:], 0))

  static func add(_ observer: @escaping Observer) -> UInt {
    state.withLock { state in
      state.lastNumber += 1
      state.observers[state.lastNumber] = observer
      return state.lastNumber
    }
  }

  static func remove(_ number: UInt) {
    // It may be the last to hold the observer, whose end must not come under the lock.
    _ = state.withLock { $0.observers.removeValue(forKey: number) }
  }

  /// The core's way to tell the observer of a number.
  static func notifier(for number: UInt) -> grpc_server_xds_status_notifier {
    unsafe grpc_server_xds_status_notifier(
      on_serving_status_update: { number, address, update in
        guard let observer = ServingStatusObservers.observer(UInt(bitPattern: number)),
          let address = unsafe address
        else { return }
        let message = unsafe update.error_message.map { unsafe String(cString: $0) } ?? ""
        unsafe observer(String(cString: address), update.code.code, message)
      }, user_data: UnsafeMutableRawPointer(bitPattern: number))
  }

  private static func observer(_ number: UInt) -> Observer? {
    state.withLock { $0.observers[number] }
  }
}
