internal import CGRPCShim
internal import Glibc

// How the core reads, and why that is done here.
//
// The core reads a connection for as long as there is something to read, and handles all of it, before it gives a thread that asked for
// an event back, though events wait. A client that sends faster than the core reads so keeps the thread to itself, with pings as
// well as with calls that it cancels at once: nobody else is served, and what it makes piles up. No setting of the core ends that.
//
// So the function through which the core reads is ours too: it says now and then that there is nothing more, and has the kernel
// say at once that there is. The core then waits for what comes next, on any connection, hands over its events, and reads on.

/// libc's `recvmsg`, as this process has it.
@_cdecl("recvmsg")
public func readMessage(_ socket: Int32, _ message: UnsafeMutableRawPointer?, _ flags: Int32) -> Int {
  let turn = unsafe thin_reading_turn_of_thread()
  guard unsafe turn.pointee.is_taken, flags == 0 else {
    return unsafe thin_system_recvmsg(socket, message, flags)
  }
  if unsafe ReadingTurn.isOver(turn, for: socket) {
    errno = EAGAIN
    return -1
  }
  let count = unsafe thin_system_recvmsg(socket, message, flags)
  if count > 0 { unsafe turn.pointee.left -= Int64(count) }
  return count
}

/// The turns that connections take on the thread of an event loop.
///
/// What knows the thread's turn must be compiled with this file: each object file has a thread-local variable of its own.
enum ReadingTurn {
  /// How many bytes are read in a turn: so few that a thousand small calls or two fit, so many that a turn costs nothing beside them.
  private static let byteCount: Int64 = 128 << 10
  /// The core may have read something when it is told for the first time that there is no more, and then asks once again.
  private static let pauses: Int32 = 2

  /// Linux says at once that there is something to read, when it is asked to say so from one byte on, since 4.18.
  private static let kernelReminds: Bool = {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return false }
    let release = unsafe withUnsafeBytes(of: &name.release) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return numbers.count == 2 && (numbers[0], numbers[1]) >= (4, 18)
  }()

  /// Has connections take turns on the calling thread.
  @inline(never)
  static func begin() {
    guard kernelReminds else { return }
    let turn = unsafe thin_reading_turn_of_thread()
    unsafe turn.pointee.left = byteCount
    unsafe turn.pointee.is_taken = true
  }

  /// Ends that: the thread is not the event loop's any more.
  @inline(never)
  static func end() {
    unsafe thin_reading_turn_of_thread().pointee.is_taken = false
  }

  /// Whether `socket` has to wait for its next turn, which then comes when the thread has seen to the others.
  fileprivate static func isOver(_ turn: UnsafeMutablePointer<thin_reading_turn>, for socket: Int32) -> Bool {
    if unsafe turn.pointee.left <= 0 {
      unsafe turn.pointee.left = byteCount
      unsafe turn.pointee.socket = socket
      unsafe turn.pointee.pauses = pauses
    }
    guard unsafe turn.pointee.pauses > 0, unsafe turn.pointee.socket == socket else { return false }
    unsafe turn.pointee.pauses -= 1
    return remind(socket)
  }

  /// Has the kernel say that there is something to read, if there is; false where it does not do that.
  private static func remind(_ socket: Int32) -> Bool {
    var family: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard unsafe getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0,
      family == AF_INET || family == AF_INET6
    else { return false }
    var leastByteCount: Int32 = 1
    return unsafe setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &leastByteCount, length) == 0
  }
}
