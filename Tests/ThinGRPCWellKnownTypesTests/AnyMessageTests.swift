import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes

typealias AnyMessage = GoogleProtobuf.AnyMessage

@Suite struct AnyMessageTests {
  @Test("A packed message tells its type and is unpacked again")
  func packing() throws {
    let packed = try AnyMessage(packing: Timestamp(seconds: 7))
    #expect(packed.typeURL == "type.googleapis.com/google.protobuf.Timestamp")
    #expect(packed.isA(Timestamp.self))
    #expect(!packed.isA(GoogleProtobuf.Duration.self))
    #expect(try packed.unpack(as: Timestamp.self) == Timestamp(seconds: 7))
    let message: Timestamp = try packed.unpack()
    #expect(message.seconds == 7)
    let received = try AnyMessage(serializedBytes: packed.serializedBytes())
    #expect(try received.unpack(as: Timestamp.self) == message)
  }

  @Test("Only what follows the last slash is the type's name, and a slash there must be")
  func typeNames() throws {
    var packed = try AnyMessage(packing: Timestamp(seconds: 7), typeURLPrefix: "example.com/types")
    #expect(packed.typeURL == "example.com/types/google.protobuf.Timestamp")
    #expect(try packed.unpack(as: Timestamp.self).seconds == 7)
    packed.typeURL = "google.protobuf.Timestamp"
    #expect(packed.messageTypeName == "")
    #expect(!packed.isA(Timestamp.self))
    packed.typeURL = "/google.protobuf.Timestamp"
    #expect(packed.isA(Timestamp.self))
  }

  @Test("Another type, or bytes that are no message, are refused")
  func refusals() throws {
    var packed = try AnyMessage(packing: Timestamp(seconds: 7))
    #expect(
      throws: MessageCodingError("Asked for a google.protobuf.Duration, and something else is packed")
    ) { try packed.unpack(as: GoogleProtobuf.Duration.self) }
    packed.value = [0x08]
    #expect(throws: MessageCodingError.self) { try packed.unpack(as: Timestamp.self) }
  }

  @Test("A packed message can be packed again")
  func nesting() throws {
    let twice = try AnyMessage(packing: AnyMessage(packing: Timestamp(seconds: 7)))
    #expect(try twice.unpack(as: AnyMessage.self).unpack(as: Timestamp.self).seconds == 7)
  }
}
