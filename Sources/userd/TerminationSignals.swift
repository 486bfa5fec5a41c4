internal import Dispatch
internal import Glibc

/// The signals of some kinds that reach the process, from now on, instead of their default action, which would end it.
func arrivingSignals(_ numbers: [Int32]) -> AsyncStream<Int32> {
  AsyncStream { continuation in
    for number in numbers {
      // The default action would end the process before the source is asked.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      // The handler keeps the source: signals are of interest for as long as the process lives.
      source.setEventHandler { withExtendedLifetime(source) { _ = continuation.yield(number) } }
      source.resume()
    }
  }
}
