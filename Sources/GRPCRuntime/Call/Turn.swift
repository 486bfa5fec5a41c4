/// How long a task may go on without being suspended.
///
/// A task whose operations all end at once would never be suspended, and keep its thread to itself.
struct Turn {
  private var operations = 0

  /// The operations after which a task lets the other tasks of its thread run.
  private static let longest = 64

  /// Counts an operation; true where the task should yield.
  mutating func isOver() -> Bool {
    operations &+= 1
    return operations % Self.longest == 0
  }
}
