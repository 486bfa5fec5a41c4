/// How long calls may go on when their server or channel shuts down.
enum GracePeriod {
  /// A hundred years. The clock cannot add every duration to the present, and traps.
  private static let longest = Duration.seconds(100 * 365 * 24 * 60 * 60)

  /// Calls `cancelCalls` when `grace` is over, unless the task is cancelled before.
  static func cancelling(
    after grace: Duration, _ cancelCalls: @escaping @Sendable () -> Void
  ) -> Task<Void, any Error> {
    Task {
      try await Task.sleep(for: min(grace, longest))
      cancelCalls()
    }
  }
}
