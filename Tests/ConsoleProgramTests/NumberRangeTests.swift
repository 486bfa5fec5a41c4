import ArgumentParser
import ConsoleProgram
import Testing

@Suite struct NumberRangeTests {
  @Test("The bounds are taken, and nothing beside them")
  func bounds() throws {
    let whole = NumberRange(1...1_024)
    #expect(try whole.parse("1") == 1 && whole.parse("1024") == 1_024)
    for text in ["0", "1025", "-1", "", " 1", "1.0", "1e2", "nan", "x", "99999999999999999999"] {
      #expect(throws: ValidationError.self, "\(text)") { try whole.parse(text) }
    }
    let real = NumberRange(0.001...86_400.0)
    #expect(try real.parse("0.001") == 0.001 && real.parse("86400") == 86_400 && real.parse("1e2") == 100)
    for text in ["0", "0.0009", "86400.1", "-1", "", "nan", "inf", "-inf", "1e30", "1,5", "x"] {
      #expect(throws: ValidationError.self, "\(text)") { try real.parse(text) }
    }
  }

  @Test("The range is said in digits")
  func description() {
    #expect("\(NumberRange(0...Int32.max))" == "0 to 2147483647")
    #expect("\(NumberRange(0.000001...31_536_000.0))" == "0.000001 to 31536000")
    #expect("\(NumberRange(0.0...10.5))" == "0 to 10.5")
    #expect("\(NumberRange(100.0...10_000_000.0))" == "100 to 10000000")
  }
}
