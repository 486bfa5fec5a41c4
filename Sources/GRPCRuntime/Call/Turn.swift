/// How long a task may go on without being suspended.
///
/// A task whose operations all end at once would never be suspended, and keep its thread to itself.
struct Turn {
  private var operations = 0

  /// The operations after which a task lets the other tasks of its thread run.
  private static let longest = 64

  /// Counts an operation that ended at once.
  mutating func count() { operations &+= 1 }

  /// Whether the task should yield before the next operation.
  var isOver: Bool { operations >= Self.longest }

  /// Begins anew.
  mutating func begin() { operations = 0 }
}
