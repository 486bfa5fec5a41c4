/// The comments of a .proto file, by the path of what they stand at (`SourceCodeInfo`).
struct SourceComments {
  private var comments: [[Int]: String] = [:]

  init(_ sourceCodeInfo: WireFields?) throws(GeneratorError) {
    for location in try sourceCodeInfo?.messages(1) ?? [] {
      // A comment before a declaration wins over one behind it.
      let text = [location.string(3), location.string(4)].compactMap { $0 }.first { !$0.isEmpty }
      if let text { comments[try location.numbers(1)] = text }
    }
  }

  /// The lines of the comment at `path`, without markers.
  func lines(at path: [Int]) -> [String] {
    guard let comment = comments[path] else { return [] }
    var lines = commentLines(of: comment).map { $0.hasPrefix(" ") ? String($0.dropFirst()) : $0 }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    return lines
  }
}

/// What is said about a declaration beside it.
struct Remarks {
  /// The comment's lines.
  let comment: [String]
  let isDeprecated: Bool

  static let none = Remarks(comment: [], isDeprecated: false)
}
