import Testing

@testable import rpcbench

@Suite("The measured window")
struct MeasuredWindowTests {
  @Test("An operation counts by the share of its time that lies in the window")
  func share() {
    let window = MeasuredWindow(warmUp: 1, duration: 10)
    let second: Int64 = 1_000_000_000
    let (begin, end) = (window.begin, window.end)
    #expect(window.share(from: begin, to: end) == 1)
    #expect(window.share(from: begin + -second, to: begin + 3 * second) == 0.75)
    #expect(window.share(from: end + -second, to: end + second) == 0.5)
    #expect(window.share(from: begin + -5 * second, to: end + 5 * second) == 0.5)
    #expect(window.share(from: begin + -2 * second, to: begin) == 0)
    #expect(window.share(from: end, to: end + second) == 0)
  }
}
