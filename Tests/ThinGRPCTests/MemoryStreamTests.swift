import Testing
import ThinGRPC

@Suite struct MemoryStreamTests {
  private func collect(_ stream: ResponseStream<Text>) async -> ([String], RPCError?) {
    var texts: [String] = []
    do {
      for try await text in stream { texts.append(text.value) }
      return (texts, nil)
    } catch {
      return (texts, error)
    }
  }

  @Test("A stream made of messages has them in order, in every iteration")
  func sequence() async {
    let stream = ResponseStream([Text("a"), Text("b")])
    for _ in 1...2 {
      let (texts, error) = await collect(stream)
      #expect(texts == ["a", "b"])
      #expect(error == nil)
    }
    #expect(await collect(ResponseStream([])).0.isEmpty)
  }

  @Test("A stream ends with the error that it is made with, once")
  func failure() async throws {
    let (texts, error) = await collect(ResponseStream([Text("a")], error: RPCError(.aborted, "enough")))
    #expect(texts == ["a"])
    #expect(error == RPCError(.aborted, "enough"))
    let stream = ResponseStream<Text>(throwing: RPCError(.notFound, "nothing"))
    var iterator = stream.makeAsyncIterator()
    await #expect(throws: RPCError(.notFound, "nothing")) { try await iterator.next(isolation: #isolation) }
    #expect(try await iterator.next(isolation: #isolation) == nil)
  }

  @Test("A stream made of an asynchronous sequence has its elements as they come, and its error")
  func asyncSequence() async {
    let (elements, source) = AsyncThrowingStream.makeStream(of: Text.self)
    source.yield(Text("a"))
    source.yield(Text("b"))
    struct Odd: Error {}
    source.finish(throwing: Odd())
    let (texts, error) = await collect(ResponseStream(elements))
    #expect(texts == ["a", "b"])
    #expect(error == RPCError(.unknown, "Odd()"))
  }

  @Test("A cancelled task reads nothing more")
  func cancellation() async {
    let stream = ResponseStream([Text("a")])
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await collect(stream)
    }
    task.cancel()
    let (texts, error) = await task.value
    #expect(texts.isEmpty)
    #expect(error?.code == .cancelled)
  }
}
