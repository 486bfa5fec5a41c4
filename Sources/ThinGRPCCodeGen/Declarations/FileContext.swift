/// What the declarations of a .proto file are read with.
struct FileContext {
  /// The rules that a file is written in.
  enum Syntax: String { case proto2, proto3 }

  let syntax: Syntax
  private let comments: SourceComments

  init(_ file: WireFields) throws(GeneratorError) {
    let name = file.string(12) ?? "proto2"
    guard let syntax = Syntax(rawValue: name) else {
      throw GeneratorError(
        "\(file.string(1) ?? "A file") is written in \(name); only proto2 and proto3 are supported")
    }
    self.syntax = syntax
    comments = try SourceComments(file.message(9))
  }

  /// What is said about the declaration at `path`.
  func remarks(at path: [Int], isDeprecated: Bool) -> Remarks {
    Remarks(comment: comments.lines(at: path), isDeprecated: isDeprecated)
  }
}
