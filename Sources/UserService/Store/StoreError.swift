internal import GRDB

/// Why the store could not do what it was asked. Nothing in it is meant for clients: it is for the log.
public enum StoreError: Error, Hashable, CustomStringConvertible {
  /// The store cannot be opened: no such folder, no permission, not a database, a newer version's schema.
  case cannotOpen(path: String, reason: String)
  /// The store cannot serve for now: locked for longer than the busy timeout, disk full, too many writes waiting.
  case unavailable(String)
  /// The file at this path was deleted or replaced: what is written now would be lost.
  case displaced(path: String)
  /// What is stored is not what was written: a page or a row is damaged. It says where, and nothing of users' data.
  case damaged(String)
  /// The store failed in a way that trying again does not cure.
  case failed(String)
  /// The task that asked was cancelled.
  case cancelled

  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "cannot open the store \(path): \(reason)"
    case .unavailable(let reason): "the store is unavailable: \(reason)"
    case .displaced(let path): "\(path) was deleted or replaced"
    case .damaged(let reason): "the store is damaged: \(reason)"
    case .failed(let reason): "the store failed: \(reason)"
    case .cancelled: "cancelled"
    }
  }

  /// Sorts what GRDB threw. SQL and arguments are left out: they hold users' data.
  init(_ error: any Error) {
    switch error {
    case let error as StoreError: self = error
    case is CancellationError: self = .cancelled
    // What GRDB cannot decode it puts into its error, users' data and all.
    case is RowDecodingError: self = .damaged("a column cannot be read")
    case let error as DatabaseError:
      let reason = "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))"
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY,
        .SQLITE_NOMEM:
        self = .unavailable(reason)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        // Its message may quote the file.
        self = .damaged("SQLite \(error.extendedResultCode.rawValue)")
      case .SQLITE_INTERRUPT: self = .cancelled
      default: self = .failed(reason)
      }
    default: self = .failed("\(type(of: error))")
    }
  }
}
