/// Swift text in the making: lines, indented by the blocks around them.
struct SourceText {
  private(set) var text = ""
  private var indentation = ""

  /// Appends a line.
  mutating func line(_ line: String) {
    text += "\(indentation)\(line)\n"
  }

  /// Appends an empty line, unless there is one already or a block has just begun.
  mutating func line() {
    if !text.hasSuffix("\n\n"), !text.hasSuffix("{\n") { text += "\n" }
  }

  mutating func lines(_ lines: [String]) {
    for line in lines { self.line(line) }
  }

  /// Appends `head {`, what `body` appends, and `}`.
  mutating func block(
    _ head: String, end: String = "}", _ body: (inout SourceText) throws(GeneratorError) -> Void
  ) throws(GeneratorError) {
    line(head)
    indentation += "  "
    try body(&self)
    indentation.removeLast(2)
    line(end)
  }

  /// Appends a call: in one line where it has but one argument, else with a line for each.
  mutating func arguments(of head: String, _ arguments: [String], end: String) {
    guard arguments.count > 1 else { return line("\(head)\(arguments.joined())\(end)") }
    line(head)
    for (index, argument) in arguments.enumerated() {
      line("  \(argument)\(index == arguments.count - 1 ? end : ",")")
    }
  }

  /// Appends a documentation comment.
  mutating func comment(_ lines: [String]) {
    for line in lines { self.line(line.isEmpty ? "///" : "/// \(line)") }
  }

  /// Appends a documentation comment, and a note where the declaration is deprecated but Swift must not warn,
  /// because generated code mentions it.
  mutating func comment(_ remarks: Remarks) {
    comment(remarks.comment)
    guard remarks.isDeprecated else { return }
    if !remarks.comment.isEmpty { line("///") }
    line("/// - Warning: Deprecated.")
  }

  /// Appends a documentation comment, and the attribute where the declaration is deprecated.
  mutating func attributedComment(_ remarks: Remarks) {
    comment(remarks.comment)
    if remarks.isDeprecated { line("@available(*, deprecated)") }
  }
}
