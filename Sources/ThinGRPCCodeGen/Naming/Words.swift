/// The words of an identifier of a .proto file: `created_at`, `createdAt` and `CREATED_AT` all have two.
func words(of identifier: String) -> [String] {
  var words: [String] = []
  var word = ""
  var previous: Character = "_"
  for character in identifier {
    let beginsWord =
      character == "_" || (character.isUppercase && !previous.isUppercase)
      || (character.isLetter && previous.isNumber)
    if beginsWord, !word.isEmpty {
      words.append(word)
      word = ""
    }
    if character != "_" { word.append(character) }
    previous = character
  }
  if !word.isEmpty { words.append(word) }
  return words.map { $0.lowercased() }
}

private let initialisms: Set<String> = ["id", "url", "http", "https"]

/// `created_at` as `createdAt`, `user_id` as `userID`.
func lowerCamelCase(_ identifier: String) -> String {
  let words = words(of: identifier)
  guard let first = words.first else { return identifier }
  return first + words.dropFirst().map(capitalized).joined()
}

/// `delivery_choice` as `DeliveryChoice`.
func upperCamelCase(_ identifier: String) -> String {
  let words = words(of: identifier)
  return words.isEmpty ? identifier : words.map(capitalized).joined()
}

private func capitalized(_ word: String) -> String {
  initialisms.contains(word) ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst()
}

/// The name that protoc gives a field in JSON: underscores go, and the letter behind one becomes a capital.
func usualJSONName(of field: String) -> String {
  var name = ""
  var isCapital = false
  for character in field {
    if character == "_" {
      isCapital = true
    } else {
      name += isCapital && character.isASCII ? character.uppercased() : String(character)
      isCapital = false
    }
  }
  return name
}
