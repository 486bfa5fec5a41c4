internal import Dispatch
internal import Glibc
internal import Synchronization

/// Ctrl-C: the first one calls a handler, the second one ends the process at once.
final class Interruption: Sendable {
  private let occurred = Atomic(false)

  /// Whether Ctrl-C was pressed.
  var hasOccurred: Bool { occurred.load(ordering: .acquiring) }

  init(handler: @escaping @Sendable () -> Void) {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT)
    // The handler keeps the source: Ctrl-C is of interest for as long as the process lives.
    source.setEventHandler {
      withExtendedLifetime(source) {
        if self.occurred.exchange(true, ordering: .acquiringAndReleasing) { exit(130) }
        handler()
      }
    }
    source.resume()
  }
}
