internal import CGRPCShim
internal import Glibc
internal import Synchronization

/// What can be seen of an event loop's thread from outside: whether it is inside the core, how many events it has had from there,
/// and the processor time that it has used.
final class LoopActivity: Sendable {
  private let eventCount = Atomic<UInt64>(0)
  private let isInCore = Atomic<Bool>(false)
  /// The clock of the thread's processor time; 0 while there is no thread.
  private let clock = Atomic<Int32>(0)

  struct Sample {
    let eventCount: UInt64
    let isInCore: Bool
    let processorNanoseconds: Int64
  }

  /// The present state; nil while there is no thread. Any thread.
  var sample: Sample? {
    let clock = clock.load(ordering: .acquiring)
    var time = timespec()
    guard clock != 0, unsafe clock_gettime(clock, &time) == 0 else { return nil }
    return Sample(
      eventCount: eventCount.load(ordering: .relaxed), isInCore: isInCore.load(ordering: .relaxed),
      processorNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  // MARK: The loop's thread

  func begin() {
    var identifier = clockid_t()
    if unsafe pthread_getcpuclockid(pthread_self(), &identifier) == 0 {
      clock.store(identifier, ordering: .releasing)
    }
  }

  func end() { clock.store(0, ordering: .releasing) }

  func enterCore() { isInCore.store(true, ordering: .relaxed) }

  func leaveCore() {
    isInCore.store(false, ordering: .relaxed)
    // One thread writes: no atomic addition is needed.
    eventCount.store(eventCount.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }
}
