internal import Foundation
internal import Glibc
internal import Synchronization

/// Standard input, output and error.
package enum StandardStreams {
  /// Holds what stands in for streams that were closed, for as long as the process lives.
  private static let standIns = Mutex<[FileHandle]>([])

  /// Makes the streams safe to use. To be called before anything opens a file.
  ///
  /// A stream that the process was started without gets a stand-in, which cannot be written: else the next socket or file
  /// would have its number, and get what is printed. And a reader of our output that has gone is an error of the write
  /// that meets it, not the end of the process.
  package static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      guard let standIn = FileHandle(forReadingAtPath: "/dev/null") else { continue }
      standIns.withLock { $0.append(standIn) }
    }
  }
}

/// Why something could not be written.
package struct WriteError: Error, Hashable {
  /// The system's number of the error.
  package let number: Int32

  /// Whether the reader has gone, as `head` does: nothing is left to do, and nothing is wrong.
  package var isReaderGone: Bool { number == EPIPE }
}

extension WriteError: CustomStringConvertible {
  /// The system's words.
  package var description: String { systemMessage(number) }
}

extension FileHandle {
  /// Writes all of the bytes.
  package func writeAll(_ bytes: some Sequence<UInt8>) throws(WriteError) {
    do {
      try write(contentsOf: Data(bytes))
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
      throw WriteError(number: cause.domain == NSPOSIXErrorDomain ? Int32(clamping: cause.code) : EIO)
    }
  }
}

/// The system's words for an error number, such as "No such file or directory".
package func systemMessage(_ number: Int32) -> String {
  let error = NSError(domain: NSPOSIXErrorDomain, code: Int(number))
  return error.localizedFailureReason ?? error.localizedDescription
}
