internal import CGRPCShim
internal import Glibc
internal import Synchronization

/// The thread that polls one completion queue, and the jobs that run on it between two events.
///
/// The thread keeps the loop alive; the loop ends when `shutDown()` was called and the core has handed over the last
/// event. Everything marked "thread" is touched by the loop's own thread only, which is what makes it Sendable.
@safe final class EventLoop: @unchecked Sendable {
  let queue: CoreQueue
  /// Jobs from other threads.
  private let mailbox: Mailbox
  private let threadIdentity = Atomic<UInt>(0)
  /// What a `StallWatch` sees of the thread.
  let activity = LoopActivity()
  /// The executor as which jobs run: the completion queue that owns this loop. Jobs keep their executor alive.
  private var executor: UnownedTaskExecutor?

  // Thread. Not checked for overlapping accesses, which the thread would pay for with each event: no function calls another in
  // the middle of changing one of these.
  @exclusivity(unchecked) private var ready: [UnownedJob] = []
  @exclusivity(unchecked) private var running: [UnownedJob] = []
  @exclusivity(unchecked) private var putAsideEvents: [Event] = []
  @exclusivity(unchecked) private var handled: [Event] = []
  @exclusivity(unchecked) private var laterEvents: [Event] = []
  /// When `laterEvents` are due; `distantFuture` where there are none.
  @exclusivity(unchecked) private var later = MonotonicInstant.distantFuture
  @exclusivity(unchecked) private var unflushed: [CallHandle] = []
  @exclusivity(unchecked) private var flushing: [CallHandle] = []
  @exclusivity(unchecked) private var spareSlots = SpareCallSlots()

  /// How many rounds of jobs run before the loop looks for events again, so that jobs that never stop making others
  /// do not starve the calls.
  private static let roundsBetweenEvents = 16

  init() {
    unsafe queue = CoreQueue(pointer: grpc_completion_queue_create_for_next(nil))
    unsafe mailbox = Mailbox(waking: queue.pointer)
  }

  /// Starts the thread, which keeps the loop until its end: none of Dispatch's, which has 255 at most, and lets whatever needs
  /// another one wait for ever.
  func start(as executor: CompletionQueue) {
    unsafe self.executor = unsafe executor.asUnownedTaskExecutor()
    var thread = pthread_t()
    let error = unsafe pthread_create(
      &thread, nil,
      { loop in
        unsafe Unmanaged<EventLoop>.fromOpaque(loop!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    precondition(error == 0, "The system has no thread for a completion queue (error \(error))")
    pthread_detach(thread)
  }

  /// Begins the end: no operation may start on the queue any more, and the thread ends after the last event.
  func shutDown() {
    mailbox.close()
    unsafe grpc_completion_queue_shutdown(queue.pointer)
  }

  /// Whether the caller runs on this loop's thread.
  var isCurrent: Bool {
    threadIdentity.load(ordering: .relaxed) == UInt(pthread_self())
  }

  /// Has `job` run on the thread; false if the loop is shut down.
  func enqueue(_ job: UnownedJob) -> Bool {
    guard isCurrent else { return mailbox.post(job) }
    unsafe ready.append(job)
    return true
  }

  /// Memory for a call. Thread.
  func takeSlots() -> UnsafeMutablePointer<thin_call_slots> { unsafe spareSlots.take() }

  /// Takes memory back that was cleared. Thread.
  func giveSlots(_ slots: UnsafeMutablePointer<thin_call_slots>) { unsafe spareSlots.give(slots) }

  /// Has `call` flushed before the thread next waits for events. Thread.
  func flushLater(_ call: CallHandle) {
    unsafe unflushed.append(call)
  }

  /// Has an event handled after the job that runs now. Any thread.
  func putAside(_ event: Event) {
    guard isCurrent else { return mailbox.post(event) }
    unsafe putAsideEvents.append(event)
  }

  /// Has an event handled in about a millisecond, which is the least that the core waits. Thread.
  func handleLater(_ event: Event) {
    if unsafe laterEvents.isEmpty { unsafe later = .now.advanced(byNanoseconds: 1_000_000) }
    unsafe laterEvents.append(event)
  }

  private func run() {
    threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
    activity.begin()
    ReadingTurn.begin()
    unsafe ready.reserveCapacity(256)
    unsafe running.reserveCapacity(256)
    while true {
      for _ in 0..<Self.roundsBetweenEvents where hasWork {
        handlePutAside()
        runReadyJobs()
        if unsafe ready.isEmpty { flush() }
      }
      flush()
      let deadline = unsafe hasWork ? gpr_time_0(GPR_CLOCK_MONOTONIC) : later.coreTime
      activity.enterCore()
      let event = unsafe grpc_completion_queue_next(queue.pointer, deadline, nil)
      activity.leaveCore()
      switch unsafe event.type {
      case GRPC_OP_COMPLETE: unsafe handle(Event(tag: event.tag, succeeded: event.success != 0))
      case GRPC_QUEUE_SHUTDOWN: return end()
      default: break
      }
      if unsafe later != .distantFuture { putAsideWhatIsDue() }
    }
  }

  private func putAsideWhatIsDue() {
    if unsafe later > .now { return }
    unsafe later = .distantFuture
    unsafe putAsideEvents.append(contentsOf: laterEvents)
    unsafe laterEvents.removeAll(keepingCapacity: true)
  }

  /// Whether there is something to do before the thread waits for events.
  private var hasWork: Bool { unsafe !ready.isEmpty || !putAsideEvents.isEmpty }

  private func handlePutAside() {
    guard unsafe !putAsideEvents.isEmpty else { return }
    unsafe swap(&putAsideEvents, &handled)
    for event in unsafe handled { handle(event) }
    unsafe handled.removeAll(keepingCapacity: true)
  }

  private func runReadyJobs() {
    guard unsafe !ready.isEmpty, let executor = unsafe executor else { return }
    unsafe swap(&ready, &running)
    // By index: nothing else changes what runs, so nothing has to be kept meanwhile.
    for index in unsafe running.indices { unsafe running[index].runSynchronously(on: executor) }
    unsafe running.removeAll(keepingCapacity: true)
  }

  private func flush() {
    guard unsafe !unflushed.isEmpty else { return }
    unsafe swap(&unflushed, &flushing)
    for call in unsafe flushing { call.flush() }
    unsafe flushing.removeAll(keepingCapacity: true)
  }

  private func handle(_ event: Event) {
    guard let tag = unsafe event.tag else {
      unsafe mailbox.takeAll(into: &ready, &putAsideEvents)
      return
    }
    unsafe Completion.of(tag: tag).end(event.succeeded)
  }

  private func end() {
    unsafe mailbox.takeAll(into: &ready, &putAsideEvents)
    while hasWork {
      handlePutAside()
      runReadyJobs()
    }
    activity.end()
    ReadingTurn.end()
    threadIdentity.store(0, ordering: .relaxed)
    unsafe grpc_completion_queue_destroy(queue.pointer)
  }
}
