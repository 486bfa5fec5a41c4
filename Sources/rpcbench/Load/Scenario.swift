internal import ArgumentParser

/// What the load does over and over.
enum Scenario: String, CaseIterable, ExpressibleByArgument {
  /// GetUser, one after the other.
  case unaryPingpong = "unary-pingpong"
  /// GetUser, many in flight.
  case unaryLoad = "unary-load"
  /// CreateUser, one after the other, each with an e-mail address that no other user has.
  case create
  /// ListUsers, a page a call.
  case list
  /// SyncUsers, one message in flight.
  case syncPingpong = "sync-pingpong"
  /// SyncUsers with a large update, one in flight.
  case bytes

  /// How many of it run at a time where nothing else is asked for.
  var defaultConcurrency: Int { self == .unaryLoad ? 32 : 1 }
}
