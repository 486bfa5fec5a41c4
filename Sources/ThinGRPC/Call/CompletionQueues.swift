package import GRPCRuntime
internal import Glibc

/// The completion queues that channels and servers share, each with the one thread that drives it.
///
/// They end with their last owner. A channel uses `shared` unless it is given others; a server has its own.
public final class CompletionQueues: Sendable {
  package let queues: [CompletionQueue]

  /// The queues that channels use when they are given none; they stay for the life of the process.
  public static let shared = CompletionQueues()

  /// How many queues there are by default: one for each two processors. One thread serves one processor's worth of calls
  /// with the fewest switches, and the process has other work to do.
  public static var defaultCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) / 2) }

  /// Makes queues and starts their threads.
  ///
  /// - Parameter count: how many; at least 1.
  public init(count: Int = CompletionQueues.defaultCount) {
    queues = (0..<max(1, count)).map { _ in CompletionQueue() }
  }

  /// The executor of the first queue's thread: a task that prefers it makes its calls without a thread switch. Such a task
  /// must not block.
  public var executor: any TaskExecutor { queues[0] }
}
