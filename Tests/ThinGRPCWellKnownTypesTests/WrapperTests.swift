import Testing
import ThinGRPCWellKnownTypes

@Suite struct WrapperTests {
  @Test("Wrappers are made of their value or written as its literal")
  func literals() {
    #expect(GoogleProtobuf.DoubleValue(1.5) == 1.5)
    #expect(GoogleProtobuf.FloatValue(1.5) == 1.5)
    #expect(GoogleProtobuf.Int64Value(-5) == -5)
    #expect(GoogleProtobuf.UInt64Value(.max).value == .max)
    #expect(GoogleProtobuf.Int32Value(-5) == -5)
    #expect(GoogleProtobuf.UInt32Value(5) == 5)
    #expect(GoogleProtobuf.BoolValue(true) == true)
    #expect(GoogleProtobuf.StringValue("text") == "\("te")xt")
    #expect(GoogleProtobuf.BytesValue([1, 2]) == [1, 2])
  }
}
