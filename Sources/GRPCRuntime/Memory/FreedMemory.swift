internal import CGRPCShim
internal import Dispatch
internal import Glibc
internal import ThinGRPCGuarding

/// Gives the memory that load has left in the C heap back to the system, once the load is over.
///
/// The heap keeps what is freed (see `Environment.keepFreedMemory`), and what lies below a block that is still in use it could not
/// give back by itself. So now and then, off the calls' way, it is seen whether more is free than before and the process has gone
/// quiet; then `malloc_trim` returns what is free, which holds up whoever allocates meanwhile for some milliseconds.
enum FreedMemory {
  private struct State {
    var processorTime: Int64 = 0
    /// What was free in the heap at the last look, or is known to be with the system already.
    var freeByteCount = 0
    var isWatched = false
  }

  private static let state = Guarded(State())

  private static let secondsBetweenLooks = 10
  /// The share of one processor below which the process is quiet.
  private static let quietShare = 0.05
  /// How much more has to be free than at the last time to be worth it, in bytes.
  private static let growth = 4 << 20

  /// Begins to watch, for the life of the process. Any number of times.
  static func watch() {
    let isFirst = state.withLock { state in
      defer { state.isWatched = true }
      return !state.isWatched
    }
    if isFirst { lookLater() }
  }

  private static func lookLater() {
    DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .seconds(secondsBetweenLooks)) {
      look()
      lookLater()
    }
  }

  private static func look() {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    let isQuiet = state.withLock { state in
      defer { state.processorTime = now }
      return Double(now - state.processorTime) < quietShare * Double(secondsBetweenLooks) * 1_000_000_000
    }
    guard isQuiet else { return }
    let free = Int(clamping: mallinfo2().fordblks)
    let shouldTrim = state.withLock { state in
      let isMore = free > state.freeByteCount + growth
      if isMore || free < state.freeByteCount { state.freeByteCount = free }
      return isMore
    }
    guard shouldTrim else { return }
    trimArenas()
    malloc_trim(0)
  }

  // MARK: The ends of the arenas

  // `malloc_trim` returns what is free inside the arenas, and the end of the first. The other arenas' ends are returned where a
  // block is freed and more than M_TRIM_THRESHOLD is free there: so a block of each is freed, with a low threshold. A thread
  // gets its arena with the first block that it asks for: in turn once there are as many arenas as there may be; before, one that no
  // thread has, or else a new one, which is never given back. So no more threads visit than there are arenas for.

  /// The size of a block whose freeing has its arena look at its end.
  private static let visitByteCount = 128 << 10
  /// How long a visiting thread keeps its arena, so that the next gets another one; in microseconds.
  private static let visitTime: UInt32 = 50_000
  /// As many arenas as glibc makes, 8 for each processor.
  private static let mostArenas = 8 * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  /// The most that are visited, on large machines.
  private static let mostVisits = 128

  /// How many threads may visit an arena without a new one's being made for them.
  private static var visitCount: Int {
    let arenas = arenaCount
    return min(arenas < mostArenas ? max(0, arenas - threadCount) : arenas, mostVisits)
  }

  /// How many arenas there are, the first included (`malloc_info`); 0 if that is not to be found out.
  private static var arenaCount: Int {
    var text: UnsafeMutablePointer<CChar>?
    var byteCount = 0
    guard let stream = unsafe open_memstream(&text, &byteCount) else { return 0 }
    let result = unsafe malloc_info(0, stream)
    unsafe fclose(stream)
    defer { unsafe free(text) }
    guard result == 0, let text = unsafe text else { return 0 }
    return unsafe String(cString: text).ranges(of: "<heap nr=").count
  }

  /// How many threads the process has.
  private static var threadCount: Int {
    var status = stat()
    // A folder for each, beside the two links of every folder.
    return unsafe stat("/proc/self/task", &status) == 0 ? Int(status.st_nlink) - 2 : .max
  }

  private static func trimArenas() {
    mallopt(M_TRIM_THRESHOLD, Int32(visitByteCount / 2))
    for _ in 0..<visitCount {
      var thread = pthread_t()
      let result = unsafe pthread_create(
        &thread, nil,
        { _ in
          thin_visit_heap(FreedMemory.visitByteCount)
          usleep(FreedMemory.visitTime)
          return nil
        }, nil)
      if result == 0 { pthread_detach(thread) }
    }
    usleep(2 * visitTime)
    mallopt(M_TRIM_THRESHOLD, Environment.keptByteCount)
  }
}
