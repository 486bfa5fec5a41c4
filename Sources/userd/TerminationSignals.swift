internal import Dispatch
internal import Glibc

/// The signals that ask the process to end, from now on, instead of their killing it.
///
/// Those that tell of a reader or a terminal that has gone end nothing: a daemon outlives both.
func terminationSignals() -> AsyncStream<Int32> {
  for number in [SIGPIPE, SIGHUP] { signal(number, SIG_IGN) }
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
