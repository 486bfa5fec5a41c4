import Testing
import ThinGRPC
import ThinGRPCProtobuf
import ThinGRPCWellKnownTypes
import UserProtos

@Suite struct UserRoundTripTests {
  let user = User.with {
    $0.id = "42"
    $0.email = "ada@example.org"
    $0.name = "Ada\u{0}Lovelace"
    $0.plan = .pro
    $0.createdAt = .with {
      $0.seconds = 1_700_000_000
      $0.nanos = 5
    }
  }

  @Test("A user survives the way to bytes and back")
  func roundTrip() throws {
    #expect(try User(serializedBytes: user.serializedBytes()) == user)
  }

  @Test("A user survives the way through a call's bytes and back")
  func callRoundTrip() throws {
    #expect(try User(decoding: user.encoded()) == user)
  }

  @Test("Optional fields tell an empty value from none")
  func presence() throws {
    let request = UpdateUserRequest.with {
      $0.id = "1"
      $0.email = ""
      $0.plan = .unspecified
    }
    let copy = try UpdateUserRequest(serializedBytes: request.serializedBytes())
    #expect(copy.hasEmail)
    #expect(!copy.hasName)
    #expect(copy.hasPlan)
    #expect(copy == request)
  }
}
