/// One rule of a policy: it matches a call if each of its parts does.
struct AuthorizationRule: Hashable, Sendable {
  let name: String
  /// One has to match; none at all means that everybody does.
  let principals: [TextPattern]
  /// One has to match; none at all means that every method does.
  let paths: [TextPattern]
  /// Each has to match.
  let headers: [HeaderPattern]

  func matches(_ call: some CallFacts) -> Bool {
    if !paths.isEmpty, !paths.contains(where: { $0.matches(call.path) }) { return false }
    for header in headers where !header.matches(call) { return false }
    return principals.isEmpty
      || call.principals.contains { name in principals.contains { $0.matches(name) } }
  }
}

/// What a header has to be.
struct HeaderPattern: Hashable, Sendable {
  /// In lower case, as metadata has it.
  let key: String
  /// One has to match.
  let values: [TextPattern]

  func matches(_ call: some CallFacts) -> Bool {
    guard let value = call.headerValue(key) else { return false }
    return values.contains { $0.matches(value) }
  }
}

/// What a policy looks at in a call: bytes, as they are compared.
protocol CallFacts {
  /// Such as `/userservice.UserService/GetUser`.
  var path: [UInt8] { get }
  /// The names that the caller was found to have; none where it is not known.
  var principals: [[UInt8]] { get }
  /// A header, several values joined by commas; nil where there is none.
  ///
  /// - Parameter key: in lower case.
  func headerValue(_ key: String) -> [UInt8]?
}
