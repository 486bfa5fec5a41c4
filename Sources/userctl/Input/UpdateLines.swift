internal import ThinGRPC
internal import ThinGRPCGuarding
internal import ThinGRPCProtobuf
internal import UserProtos

/// The updates that come in on standard input, each in protobuf's JSON on a line.
///
/// A malformed line ends the sequence as if the input ended there, so that what came before it is still applied and
/// answered; `check()` says so afterwards.
final class UpdateLines: AsyncSequence, Sendable {
  private let input: InputChunks
  private let isTaken: @Sendable () -> Void
  private let failure = Guarded<(any Error)?>(nil)

  /// - Parameter isTaken: called for each update that goes to the server.
  init(_ input: InputChunks, isTaken: @escaping @Sendable () -> Void) {
    self.input = input
    self.isTaken = isTaken
  }

  /// Throws what ended the sequence before the end of its input.
  func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  static func update(_ line: LineReader.Line) throws(CommandError) -> UserUpdate {
    do throws(MessageCodingError) {
      let update = try UserUpdate(jsonBytes: line.bytes)
      guard !update.id.isEmpty else { throw MessageCodingError("The update has no id") }
      return update
    } catch {
      throw .malformed("line \(line.number): \(error)")
    }
  }

  struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let updates: UpdateLines
    fileprivate var chunks: InputChunks.AsyncIterator
    private var lines = LineReader()
    private var waiting: [LineReader.Line] = []

    fileprivate init(_ updates: UpdateLines) {
      self.updates = updates
      chunks = updates.input.makeAsyncIterator()
    }

    mutating func next() async throws(Never) -> UserUpdate? {
      do {
        while waiting.isEmpty {
          guard let chunk = try await chunks.next() else {
            waiting = try lines.finish()
            break
          }
          waiting = try lines.read(chunk)
        }
        guard !waiting.isEmpty else { return nil }
        let update = try UpdateLines.update(waiting.removeFirst())
        updates.isTaken()
        return update
      } catch {
        updates.failure.withLock { $0 = error }
        return nil
      }
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
