import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

@Suite struct TextFormatErrorTests {
  func reason(_ text: String, options: TextFormatDecodingOptions = TextFormatDecodingOptions()) -> String? {
    do throws(MessageCodingError) {
      _ = try Tree(textFormatString: text, options: options)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test("Errors say the line and the column, in characters")
  func positions() {
    #expect(reason("nobody: 1") == "Line 1, column 1: golden.Tree has no field of this name")
    #expect(reason("leaf {\n  size: x\n}") == "Line 2, column 9: A whole number is expected")
    #expect(reason("leaf { name: 'é😀' size: 1.5 }") == "Line 1, column 25: A whole number is expected")
    #expect(reason("leaf { size: 2147483648 }") == "Line 1, column 14: The number is out of range")
    #expect(reason("# é\n\n  end: 'a") == "Line 3, column 8: The string does not end on its line")
    #expect(reason("end: '\\q'") == "Line 1, column 7: An escape that text format does not have")
    #expect(reason("end 'a'") == "Line 1, column 5: \":\" is expected")
    #expect(reason("leaf {") == "Line 1, column 7: The name of a field is expected")
    #expect(reason("[a.b]: 1") == "Line 1, column 1: golden.Tree has no extension of this name")
  }

  @Test("A field that can be there once must not come twice, nor two of a oneof")
  func twice() {
    let suffix = "is there already"
    #expect(
      reason("leaf {}\nleaf {}")
        == "Line 2, column 1: The field leaf or another one of its oneof \(suffix)")
    #expect(
      reason("end: 'a' next {}") == "Line 1, column 10: The field next or another one of its oneof \(suffix)")
    #expect(reason("leaf { size: 0 size: 0 }") != nil)
    #expect(reason("named { key: 'a' key: 'b' }") != nil)
  }

  @Test("Texts that are larger than wanted are refused")
  func size() {
    #expect(
      reason("end: 'abcd'", options: TextFormatDecodingOptions(maximumByteCount: 10))
        == "A golden.Tree of 11 bytes of text is larger than the limit of 10")
    #expect(reason("end: 'abcd'", options: TextFormatDecodingOptions(maximumByteCount: 11)) == nil)
  }
}
