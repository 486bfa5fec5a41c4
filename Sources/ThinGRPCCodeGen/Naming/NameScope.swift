/// The names of one scope in Swift. Whatever is named there claims its names here, so that no two meet.
struct NameScope {
  private var taken: Set<String>

  /// - Parameter reserved: names that nothing in the scope may have.
  init(reserved: Set<String> = []) { taken = reserved }

  /// Takes names that nothing in the scope may have.
  mutating func reserve(_ names: Set<String>) { taken.formUnion(names) }

  /// Takes the first name that is free, along with those that stand beside it.
  ///
  /// Who claims first keeps the plain name: so claims are made in an order to which new declarations are added at the end.
  ///
  /// - Parameters:
  ///   - name: the plain name.
  ///   - next: what to try after a name that is taken; none comes twice.
  ///   - beside: the names that a name brings along, such as `hasName` and `clearName`.
  mutating func claim(
    _ name: String, next: (String) -> String, beside: (String) -> [String] = { _ in [] }
  ) -> String {
    var candidate = name
    var names = [candidate] + beside(candidate)
    while !taken.isDisjoint(with: names) {
      candidate = next(candidate)
      names = [candidate] + beside(candidate)
    }
    taken.formUnion(names)
    return candidate
  }

  /// The same, with a word added as often as it takes.
  mutating func claim(
    _ name: String, adding word: String, beside: (String) -> [String] = { _ in [] }
  ) -> String {
    claim(name, next: { $0 + word }, beside: beside)
  }

  /// The same, with the number of the declaration added.
  mutating func claim(
    _ name: String, number: Int, beside: (String) -> [String] = { _ in [] }
  ) -> String {
    claim(name, next: { $0 == name ? numbered(name, number) : "\($0)_" }, beside: beside)
  }
}

/// A name with a number behind it. Plain names have no underscore before a number.
func numbered(_ name: String, _ number: Int) -> String {
  number < 0 ? "\(name)_minus\(number.magnitude)" : "\(name)_\(number)"
}
