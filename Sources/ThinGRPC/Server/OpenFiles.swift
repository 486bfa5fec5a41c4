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

  /// Opens `/dev/null` as each of standard input, output and error that the process was started without.
  ///
  /// Otherwise the next file or connection gets the descriptor, and what the process prints goes there. A daemon calls this before
  /// it opens anything.
  public static func fillStandardStreams() {
    StandardStreams.fill()
  }
}
