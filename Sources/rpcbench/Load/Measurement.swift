internal import CResourceUsage

/// What one worker has counted; those of all workers are added up.
struct Measurement: Sendable {
  /// Calls that ended well; for a stream that goes on, its round trips are `messages`. Like the other counts it has a
  /// fraction where something reached over an edge of the window.
  private(set) var calls = 0.0
  /// Messages received.
  private(set) var messages = 0.0
  /// Unary calls, listed messages or sync round trips.
  private(set) var operations = 0.0
  /// Bytes of the messages, both ways.
  private(set) var bytes = 0.0
  /// When the last unary call ended.
  var lastEnd: LoadInstant?
  var errors = 0
  var firstError: String?
  private let latencies: Latencies
  /// Latencies that have not been recorded yet.
  private var pending: [UInt64] = []

  /// How many latencies are recorded at a time.
  private static let mostPending = 64

  /// - Parameter latencies: takes the time of each call or round trip.
  init(_ latencies: Latencies) {
    self.latencies = latencies
    pending.reserveCapacity(Self.mostPending)
  }

  /// Counts a share of a call, of the messages that it brought, each an operation, and of their bytes.
  mutating func count(_ share: Double, calls: Int, messages: Int, bytes: Int) {
    self.calls += share * Double(calls)
    self.messages += share * Double(messages)
    operations += share * Double(messages)
    self.bytes += share * Double(bytes)
  }

  /// Records a latency in nanoseconds.
  mutating func record(_ latency: Int64) {
    pending.append(UInt64(max(0, latency)))
    if pending.count == Self.mostPending { recordPending() }
  }

  private mutating func recordPending() {
    latencies.record(pending)
    pending.removeAll(keepingCapacity: true)
  }

  mutating func fail(_ error: String) {
    errors += 1
    if firstError == nil { firstError = error }
  }

  mutating func add(_ other: Measurement) {
    calls += other.calls
    messages += other.messages
    operations += other.operations
    bytes += other.bytes
    lastEnd = [lastEnd, other.lastEnd].compactMap { $0 }.max()
    errors += other.errors
    if firstError == nil { firstError = other.firstError }
    latencies.record(other.pending)
  }
}

/// The CPU time that this process has used, in seconds (`getrusage`).
func processorSeconds() -> Double { thin_processor_seconds() }
