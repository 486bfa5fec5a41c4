internal import ArgumentParser

/// The messages that are measured.
enum Shape: String, CaseIterable, ExpressibleByArgument {
  /// A user of the benchmark's table.
  case user
  /// A user whose texts are longer, one of them not ASCII.
  case userText = "user-text"
  case getUserRequest = "get-user-request"
  case userUpdate = "user-update"
  case syncResult = "sync-result"
  /// The update of the `bytes` scenario: a name of 64 KiB.
  case bytes

  // The messages of protos/shapes, for which C's structs are not measured.
  /// A few fields of different types.
  case small
  /// Much text, short and long, some of it not ASCII.
  case texts
  /// Packed numbers, 600 of them.
  case numbers
  /// Messages in messages, four levels deep, 34 in all.
  case nested
  /// Maps with 48 entries in all.
  case maps
  /// 1 MiB in one field.
  case blob

  /// Whether the same message has several encodings: the entries of a map come in any order.
  var isUnordered: Bool { self == .maps }

  /// The values that every implementation makes its user of.
  var user: UserValues {
    self == .userText
      ? UserValues(
        id: "018f3c5e-7a2b-7c4d-9e1f-5a6b7c8d9e0f",
        email: "wilhelmine.von-hohenstein-bartels@accounts.customers.example.com",
        name: "Wilhelmine von Hohenstein-Bärtels, geborene Müller-Lüdenscheidt", plan: 3,
        seconds: 1_700_000_123)
      : UserValues(
        id: "user-123", email: "user-123@example.com", name: "User 123", plan: 1, seconds: 1_700_000_123)
  }

  /// The name in the update.
  var updatedName: String { self == .bytes ? String(repeating: "x", count: 65_536) : "Name" }
}

struct UserValues {
  let id: String
  let email: String
  let name: String
  let plan: Int
  let seconds: Int64
}
