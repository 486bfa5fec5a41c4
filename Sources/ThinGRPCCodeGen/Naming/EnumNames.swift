/// The names of an enum's values, in their order: without the enum's own name before them where that leaves a name.
///
/// Two numbers never have the same name. In the order of the numbers, negative ones last, each has the plain name if that is free,
/// else the whole one, else that with its number. Two values of one number may share a name.
func valueNames(of declaration: EnumDeclaration) -> [String] {
  let prefix = words(of: declaration.name)
  // No constant may hide the type, which it mentions.
  var owners: [String: Int?] = [enumTypeName(declaration.name): nil]
  var names = declaration.values.map(\.name)
  let ordered = declaration.values.enumerated().sorted { left, right in
    rank(of: left.element, left.offset) < rank(of: right.element, right.offset)
  }
  for (index, value) in ordered {
    let all = words(of: value.name)
    let rest = all.starts(with: prefix) ? Array(all.dropFirst(prefix.count)) : all
    let whole = valueName(all, of: value)
    let short = rest.first?.first?.isLetter == true ? valueName(rest, of: value) : whole
    let candidates = [short, whole, numbered(whole, value.number)]
    names[index] = candidates.first { (owners[$0] ?? value.number) == value.number } ?? whole
    owners[names[index]] = value.number
  }
  return names
}

/// Where a value comes in the order in which names are given.
private func rank(of value: EnumDeclaration.Value, _ position: Int) -> (Int, UInt, Int) {
  (value.number < 0 ? 1 : 0, value.number.magnitude, position)
}

private func valueName(_ words: [String], of value: EnumDeclaration.Value) -> String {
  // A name without words is one of underscores.
  let name = words.isEmpty ? value.name : lowerCamelCase(words.joined(separator: "_"))
  return memberName(name, suffix: "Value", reserved: enumMembers)
}
