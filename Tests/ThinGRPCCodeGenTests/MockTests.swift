import GoldenMocks
import GoldenOrders
import GoldenParts
import Testing
import ThinGRPC
import ThinGRPCProtobuf

/// Code that is tested with a mock: it knows only the protocol.
private struct Shop {
  let orders: any OrdersServiceClientProtocol

  func buy(_ id: String) async throws(RPCError) -> String {
    try await orders.place(.with { $0.part.other.id = id }).id
  }
}

@Suite struct MockTests {
  @Test("A call is answered by what is set for its method, which sees the request and the options")
  func unary() async throws {
    var mock = OrdersServiceMock()
    mock.onPlace = { order, options in
      #expect(options.waitsForReady == nil)
      return .with { $0.id = "made for \(order.part.other.id)" }
    }
    #expect(try await Shop(orders: mock).buy("7") == "made for 7")
    var options = CallOptions()
    options.waitsForReady = true
    mock.onPlace = { _, options in .with { $0.id = "\(options.waitsForReady == true)" } }
    #expect(try await mock.place(Order(), options: options).id == "true")
  }

  @Test("A call for which nothing is set fails with unimplemented, and says which")
  func unset() async throws {
    let mock = OrdersServiceMock()
    let error = RPCError(.unimplemented, "The mock has no answer to orders.v1.Orders/Place")
    await #expect(throws: error) { try await Shop(orders: mock).buy("7") }
    await #expect(throws: RPCError(.unimplemented, "The mock has no answer to orders.v1.Orders/Watch")) {
      for try await _ in mock.watch(GoldenOrders.Part()) {}
    }
  }

  @Test("An answer throws what a caller would see of a server's error")
  func errors() async throws {
    var mock = OrdersServiceMock()
    mock.onPlace = { _, _ in throw RPCError(.notFound, "no such part") }
    await #expect(throws: RPCError(.notFound, "no such part")) { try await Shop(orders: mock).buy("7") }
    mock.onPlace = { _, _ in throw CancellationError() }
    await #expect { try await Shop(orders: mock).buy("7") } throws: { ($0 as? RPCError)?.code == .cancelled }
    struct Odd: Error {}
    mock.onWatch = { _, _ in throw Odd() }
    await #expect(throws: RPCError(.unknown, "Odd()")) {
      for try await _ in mock.watch(GoldenOrders.Part()) {}
    }
  }

  @Test("Streams go both ways in memory, in any sequences")
  func streams() async throws {
    var mock = OrdersServiceMock()
    mock.onWatch = { part, _ in
      ResponseStream((1...3).map { number in .with { $0.part.other.id = "\(part.other.id)-\(number)" } })
    }
    mock.onPlaceAll = { orders, _ in
      let ids = try await orders.all().map(\.part.other.id)
      return .with { $0.other.id = ids.joined(separator: "+") }
    }
    mock.onExchange = { orders, _ in
      ResponseStream(orders.map { order in GoldenParts.Part.with { $0.id = order.part.other.id } })
    }
    var seen: [String] = []
    for try await order in mock.watch(.with { $0.other.id = "a" }) { seen.append(order.part.other.id) }
    #expect(seen == ["a-1", "a-2", "a-3"])

    let (orders, source) = AsyncStream.makeStream(of: Order.self)
    for id in ["x", "y"] { source.yield(.with { $0.part.other.id = id }) }
    source.finish()
    #expect(try await mock.placeAll(orders).other.id == "x+y")

    let (others, another) = AsyncStream.makeStream(of: Order.self)
    another.yield(.with { $0.part.other.id = "z" })
    another.finish()
    var echoed: [String] = []
    for try await part in mock.exchange(others) { echoed.append(part.id) }
    #expect(echoed == ["z"])
  }

  @Test("A caller that writes its requests has the same answers")
  func writtenRequests() async throws {
    var mock = OrdersServiceMock()
    mock.onPlaceAll = { orders, _ in
      let ids = try await orders.all().map(\.part.other.id)
      return .with { $0.other.id = ids.joined(separator: "+") }
    }
    mock.onExchange = { orders, _ in
      ResponseStream(orders.map { order in GoldenParts.Part.with { $0.id = order.part.other.id } })
    }
    let placed = try await mock.placeAll { orders in
      for id in ["x", "y"] { try await orders.write(.with { $0.part.other.id = id }) }
    }
    #expect(placed.other.id == "x+y")
    let orders: any OrdersServiceClientProtocol = mock
    let echoed = try await orders.exchange { orders, parts in
      try await orders.write(.with { $0.part.other.id = "z" })
      let first = try await parts.next()?.id
      try await orders.finish()
      #expect(try await parts.next() == nil)
      return first
    }
    #expect(echoed == "z")
  }

  @Test("A caller that writes its requests sees the errors of the answer, and its own")
  func failingConversations() async throws {
    struct Odd: Error {}
    var mock = OrdersServiceMock()
    let unset = RPCError(.unimplemented, "The mock has no answer to orders.v1.Orders/Exchange")
    await #expect(throws: unset) { try await mock.exchange { _, parts in try await parts.next() } }
    await #expect(throws: RPCError(.unimplemented, "The mock has no answer to orders.v1.Orders/PlaceAll")) {
      try await mock.placeAll { _ in }
    }
    mock.onPlaceAll = { orders, _ in
      _ = try await orders.all()
      throw RPCError(.aborted, "gave up")
    }
    await #expect(throws: RPCError(.aborted, "gave up")) { try await mock.placeAll { _ in } }
    await #expect(throws: Odd.self) { try await mock.placeAll { _ in throw Odd() } }
    mock.onExchange = { _, _ in ResponseStream(throwing: RPCError(.dataLoss, "lost")) }
    await #expect(throws: RPCError(.dataLoss, "lost")) { try await mock.exchange { _, _ in } }
  }

  @Test("Requests that fail are seen by the answer, and by the caller if it passes the error on")
  func failingRequests() async throws {
    var mock = OrdersServiceMock()
    mock.onPlaceAll = { orders, _ in
      _ = try await orders.all()
      return GoldenOrders.Part()
    }
    let orders = AsyncThrowingStream<Order, any Error> { $0.finish(throwing: RPCError(.aborted, "gave up")) }
    await #expect(throws: RPCError(.aborted, "gave up")) { try await mock.placeAll(orders) }
  }
}
