import Testing
import ThinGRPC
import ThinGRPCProtobuf
import UserProtos

@Suite("Text, short and long, is read and written as it is")
struct TextTests {
  /// Every length for which there is a way of its own, and those around.
  static let lengths = Array(0...40) + [63, 64, 65, 127, 128, 129, 200]

  @Test("ASCII text of every length survives", arguments: lengths)
  func ascii(length: Int) throws {
    try survives(String(decoding: (0..<length).map { UInt8(33 + $0 % 90) }, as: UTF8.self))
  }

  @Test("Text with a character that is not ASCII survives, wherever it stands", arguments: lengths)
  func notASCII(length: Int) throws {
    for position in 0...length {
      for character in ["\u{0}", "ä", "☃", "🙂"] {
        try survives(
          String(repeating: "x", count: position) + character
            + String(repeating: "y", count: length - position))
      }
    }
  }

  @Test("A byte that is not UTF-8 is found, wherever it stands", arguments: lengths.dropFirst())
  func invalid(length: Int) throws {
    for position in 0..<length {
      var text = [UInt8](repeating: 120, count: length)
      text[position] = 0xff
      let count = length < 0x80 ? [UInt8(length)] : [UInt8(length & 0x7f | 0x80), UInt8(length >> 7)]
      #expect(throws: MessageCodingError("The field userservice.GetUserRequest.id is not valid UTF-8")) {
        try GetUserRequest(serializedBytes: [0x0a] + count + text)
      }
    }
    // The failure is over with its message.
    try survives("fine")
  }

  private func survives(_ text: String) throws {
    let user = User.with {
      $0.id = text
      $0.email = text + "@"
      $0.name = "x" + text
    }
    let bytes = try user.serializedBytes()
    #expect(try user.encoded().bytes == bytes)
    #expect(try User(serializedBytes: bytes) == user)
  }
}
