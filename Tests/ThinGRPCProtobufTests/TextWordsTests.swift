import Testing

@testable import ThinGRPCProtobuf

@Suite("How strings lie in memory")
struct TextWordsTests {
  @Test("Strings are laid out as the quick way of reading and making them expects")
  func layout() {
    #expect(TextWords.areKnown())
  }

  @Test("The bytes of long text are found where they lie", arguments: [16, 17, 100, 100_000])
  func bytesElsewhere(length: Int) {
    let text = String(repeating: "x", count: length - 2) + "ä"
    let bytes = unsafe TextWords(of: text).bytesElsewhere.map { unsafe Array($0) }
    #expect(bytes == Array(text.utf8))
    withExtendedLifetime(text) {}
  }
}
