import Foundation
import Testing

extension ProgramTests {
  /// `decoding-memory` as a process for each input: its peak is that of the one decoding.
  @Suite(.timeLimit(.minutes(5))) struct DecodingMemoryTests {
    @Test(
      "No input takes more than 64 times its size at the peak, whatever it is made of",
      .disabled(if: isSanitized, "A sanitizer keeps memory of its own, and what was freed"))
    func hostileInput() async throws {
      let byteCount = 512 << 10
      let kinds = try await Program.run("decoding-memory", []).output.split(separator: "\n")
      #expect(kinds.count > 80)
      for kind in kinds {
        let result = try await Program.run("decoding-memory", [String(kind), "\(byteCount)"])
        #expect(result.status == 0, "\(kind): \(result)")
        let peak = try #require(result.output.split(separator: " ").first.flatMap { Int($0) })
        #expect(peak <= 64 * byteCount, "\(kind): \(result.output)")
        // What is refused wanted too much.
        #expect(
          result.output.hasSuffix(" decoded\n") || result.output.contains("more memory than"),
          "\(kind): \(result.output)")
      }
    }
  }
}
