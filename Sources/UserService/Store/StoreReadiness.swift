/// Whether a store does its work.
enum StoreReadiness: Sendable, Hashable {
  /// It reads and writes.
  case ready
  /// It answers what is sound; something in it is damaged. Says what was found first, and nothing of users' data.
  case damaged(String)
  /// Its file was deleted or replaced: writes are refused, and reads answer from the file that was opened. Says which.
  case displaced(String)
}
