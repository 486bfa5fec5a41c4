internal import CGRPCShim
internal import Dispatch
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
  /// The executor as which jobs run: the completion queue that owns this loop. Jobs keep their executor alive.
  private unowned(unsafe) var executor: CompletionQueue?

  // Thread.
  private var ready: [UnownedJob] = []
  private var running: [UnownedJob] = []
  private var putAsideEvents: [Event] = []
  private var handled: [Event] = []
  private var unflushed: [CallHandle] = []
  private var flushing: [CallHandle] = []
  var spareSlots = SpareCallSlots()

  /// How many rounds of jobs run before the loop looks for events again, so that jobs that never stop making others
  /// do not starve the calls.
  private static let roundsBetweenEvents = 16

  init() {
    unsafe queue = CoreQueue(pointer: grpc_completion_queue_create_for_next(nil))
    unsafe mailbox = Mailbox(waking: queue.pointer)
  }

  /// Starts the thread: one of Dispatch's, which this loop keeps until its end.
  func start(as executor: CompletionQueue) {
    unsafe self.executor = executor
    DispatchQueue(label: "ThinGRPC.CompletionQueue").async { [self] in run() }
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
    ready.append(job)
    return true
  }

  /// Has `call` flushed before the thread next waits for events. Thread.
  func flushLater(_ call: CallHandle) {
    unflushed.append(call)
  }

  /// Has an event handled after the job that runs now. Thread.
  func putAside(_ event: Event) {
    putAsideEvents.append(event)
  }

  private func run() {
    threadIdentity.store(UInt(pthread_self()), ordering: .relaxed)
    ready.reserveCapacity(256)
    running.reserveCapacity(256)
    while true {
      for _ in 0..<Self.roundsBetweenEvents where hasWork {
        handlePutAside()
        runReadyJobs()
        if ready.isEmpty { flush() }
      }
      flush()
      let deadline = hasWork ? gpr_time_0(GPR_CLOCK_MONOTONIC) : gpr_inf_future(GPR_CLOCK_MONOTONIC)
      let event = unsafe grpc_completion_queue_next(queue.pointer, deadline, nil)
      switch unsafe event.type {
      case GRPC_OP_COMPLETE: unsafe handle(Event(tag: event.tag, succeeded: event.success != 0))
      case GRPC_QUEUE_SHUTDOWN: return end()
      default: continue
      }
    }
  }

  /// Whether there is something to do before the thread waits for events.
  private var hasWork: Bool { !ready.isEmpty || !putAsideEvents.isEmpty }

  private func handlePutAside() {
    guard !putAsideEvents.isEmpty else { return }
    swap(&putAsideEvents, &handled)
    for event in handled { handle(event) }
    handled.removeAll(keepingCapacity: true)
  }

  private func runReadyJobs() {
    swap(&ready, &running)
    for job in running {
      // A job's task keeps its executor alive.
      unsafe job.runSynchronously(on: executor!.asUnownedTaskExecutor())
    }
    running.removeAll(keepingCapacity: true)
  }

  private func flush() {
    guard !unflushed.isEmpty else { return }
    swap(&unflushed, &flushing)
    for call in flushing { call.flush() }
    flushing.removeAll(keepingCapacity: true)
  }

  private func handle(_ event: Event) {
    guard let tag = unsafe event.tag else {
      mailbox.takeAll(into: &ready)
      return
    }
    unsafe Completion.of(tag: tag).end(event.succeeded)
  }

  private func end() {
    mailbox.takeAll(into: &ready)
    while hasWork {
      handlePutAside()
      runReadyJobs()
    }
    threadIdentity.store(0, ordering: .relaxed)
    unsafe grpc_completion_queue_destroy(queue.pointer)
  }
}
