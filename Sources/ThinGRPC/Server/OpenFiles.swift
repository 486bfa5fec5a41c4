internal import GRPCRuntime

/// The files and sockets that the process may have open: each connection of a server takes one.
public enum OpenFiles {
  /// Raises the limit as far as the process may (`setrlimit`): by custom it begins at 1,024, for the sake of programs that use
  /// `select`. A server whose descriptors run out accepts no connection any more, so a daemon calls this when it starts.
  ///
  /// - Returns: the limit that holds from now on.
  @discardableResult
  public static func raiseLimit() -> Int {
    Int(clamping: OpenFileLimit.raise())
  }
}
