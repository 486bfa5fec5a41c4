internal import ArgumentParser

/// What the load does over and over.
enum Scenario: String, CaseIterable, ExpressibleByArgument {
  /// GET /users/{id}.
  case get
  /// POST /users, each with an e-mail address that no other user has.
  case create
  /// GET /users?page_size=N.
  case list
}
