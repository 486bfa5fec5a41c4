internal import Dispatch
internal import Foundation

/// Returns once the process is asked to end: SIGTERM or SIGINT.
public func terminationSignal() async {
  let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { continuation.yield() }
    source.resume()
    return source
  }
  for await _ in signals { break }
  sources.forEach { $0.cancel() }
}
