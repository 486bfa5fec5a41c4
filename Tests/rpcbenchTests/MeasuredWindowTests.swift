import Testing

@testable import rpcbench

@Suite("The measured window")
struct MeasuredWindowTests {
  @Test("An operation counts by the share of its time that lies in the window")
  func share() {
    let window = MeasuredWindow(warmUp: .seconds(1), duration: .seconds(10))
    let (begin, end) = (window.begin, window.end)
    #expect(window.share(from: begin, to: end) == 1)
    #expect(window.share(from: begin - .seconds(1), to: begin + .seconds(3)) == 0.75)
    #expect(window.share(from: end - .seconds(1), to: end + .seconds(1)) == 0.5)
    #expect(window.share(from: begin - .seconds(5), to: end + .seconds(5)) == 0.5)
    #expect(window.share(from: begin - .seconds(2), to: begin) == 0)
    #expect(window.share(from: end, to: end + .seconds(1)) == 0)
  }
}
