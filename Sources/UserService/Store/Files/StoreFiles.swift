internal import GRDB

/// The files of an open store, as they were when it was opened.
///
/// SQLite goes on writing to a file that was deleted or replaced: what it commits is gone with the process. Its own check of
/// that (`SQLITE_READONLY_DBMOVED`) is not made in WAL mode.
struct StoreFiles: Sendable {
  private struct File: Sendable {
    let path: String
    let identity: FileStatus.Identity
    /// Whether it is the database, and not one of the files beside it.
    let isMain: Bool
  }

  private let files: [File]
  /// The files that others than their owner may read or write.
  let exposed: [String]

  /// No files: a store in memory.
  init() {
    files = []
    exposed = []
  }

  /// The files that a connection has open.
  ///
  /// - Parameters:
  ///   - database: a connection in WAL mode that has read.
  ///   - path: the path that the store was opened at; it may be a symbolic link.
  init(of database: Database, openedAt path: String) throws {
    let main =
      try String.fetchOne(database, sql: "SELECT file FROM pragma_database_list WHERE name = 'main'") ?? ""
    let statuses = Set([path, main, "\(main)-wal", "\(main)-shm"]).sorted().compactMap { path in
      FileStatus(atPath: path).map { status in (path: path, status: status) }
    }
    files = statuses.map {
      File(path: $0.path, identity: $0.status.identity, isMain: $0.path == path || $0.path == main)
    }
    exposed = statuses.filter { $0.path.hasPrefix(main) && $0.status.permissions & 0o077 != 0 }.map(\.path)
  }

  /// The path of a file that was deleted or replaced, or nil if all are in their place.
  var displaced: String? { files.first(where: Self.isDisplaced)?.path }

  /// The path of the database, where that was deleted or replaced.
  var displacedMain: String? { files.first { $0.isMain && Self.isDisplaced($0) }?.path }

  private static func isDisplaced(_ file: File) -> Bool {
    FileStatus(atPath: file.path)?.identity != file.identity
  }
}
