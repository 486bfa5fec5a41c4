internal import Dispatch
internal import Glibc

/// The signals that ask the process to end, from now on, instead of their killing it.
///
/// SIGHUP, which tells of a terminal that has gone, ends nothing: a daemon outlives it.
func terminationSignals() -> AsyncStream<Int32> {
  signal(SIGHUP, SIG_IGN)
  return AsyncStream { continuation in
    for number in [SIGTERM, SIGINT] {
      // The default action would end the process before the source is asked.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      // The handler keeps the source: signals are of interest for as long as the process lives.
      source.setEventHandler { withExtendedLifetime(source) { _ = continuation.yield(number) } }
      source.resume()
    }
  }
}
