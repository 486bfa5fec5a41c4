/// What a look at every page and every row of a store found.
public struct StoreVerification: Sendable, Hashable {
  /// The rows that are what was written.
  public internal(set) var soundUsers = 0
  /// What is damaged, one sentence each and `damageLimit` at most. They name pages, indexes and rows, and nothing of users' data.
  public internal(set) var damage: [String] = []
  /// Whether the rows have checksums. A store of an earlier version gets them when it is served for the first time.
  public internal(set) var hasChecksums = true

  /// The findings that are told; a store with more is as lost.
  public static let damageLimit = 100

  /// Whether nothing is damaged.
  public var isSound: Bool { damage.isEmpty }

  mutating func found(_ damage: String) {
    guard self.damage.count < Self.damageLimit else { return }
    // The names of tables come from the file.
    let scalars = damage.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
    self.damage.append(String(String.UnicodeScalarView(scalars)))
  }
}
