import GreeterMocks
import GreeterProtos
import Greetings
import Testing
import ThinGRPC

@Suite struct GreetingsTests {
  @Test("Greetings are what the mock answers")
  func mock() async throws {
    var greeter = GreeterMock()
    greeter.onGreet = { request, _ in .with { $0.text = "Good day, \(request.guest.name)." } }
    greeter.onGreetAll = { request, _ in
      ResponseStream(request.guests.map { guest in .with { $0.text = guest.name } })
    }
    let greetings = Greetings(greeter)
    #expect(try await greetings.greeting(of: "Ada") == "Good day, Ada.")
    #expect(try await greetings.greetings(of: ["Ada", "Grace"]) == "Ada\nGrace\n")
  }

  @Test("Greetings are what a server answers")
  func server() async throws {
    let server = try Server(
      listeningOn: ["127.0.0.1:0"], credentials: .insecure, services: [GreeterService()])
    let channel = try Channel(to: "\(server.addresses[0])", credentials: .insecure)
    let greetings = Greetings(GreeterClient(channel))
    #expect(try await greetings.greeting(of: "Ada") == "Hello, Ada!")
    #expect(try await greetings.greetings(of: ["Ada", "Grace"]) == "Hello, Ada!\nHello, Grace!\n")
    await #expect {
      try await greetings.greeting(of: "")
    } throws: { error in
      (error as? RPCError)?.code == .invalidArgument
    }
    await channel.shutdown()
    await server.shutdown()
  }
}
