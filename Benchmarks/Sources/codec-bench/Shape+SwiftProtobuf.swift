internal import SwiftProtobuf
internal import SwiftProtobufMessages

extension Shape {
  /// The message that `agreed` decodes to, or the same made field by field.
  func swiftProtobuf(_ agreed: [UInt8]) throws -> Subject {
    switch self {
    case .user, .userText:
      try subject(
        Userservice_User.with {
          $0.id = user.id
          $0.email = user.email
          $0.name = user.name
          $0.plan = Userservice_UserPlan(rawValue: user.plan) ?? .unspecified
          $0.createdAt = .with { $0.seconds = user.seconds }
        })
    case .getUserRequest: try subject(Userservice_GetUserRequest.with { $0.id = user.id })
    case .userUpdate, .bytes:
      try subject(
        Userservice_UserUpdate.with {
          $0.id = user.id
          $0.name = updatedName
        })
    case .syncResult:
      try subject(
        Userservice_SyncResult.with {
          $0.id = user.id
          $0.ok = true
          $0.message = "updated"
        })
    case .small: try subject(Shapes_Small(serializedBytes: agreed))
    case .texts: try subject(Shapes_Texts(serializedBytes: agreed))
    case .numbers: try subject(Shapes_Numbers(serializedBytes: agreed))
    case .nested: try subject(Shapes_Order(serializedBytes: agreed))
    case .maps: try subject(Shapes_Maps(serializedBytes: agreed))
    case .blob: try subject(Shapes_Blob(serializedBytes: agreed))
    }
  }
}

private func subject<Message: SwiftProtobuf.Message & Equatable>(_ message: Message) throws -> Subject {
  let bytes: [UInt8] = try message.serializedBytes()
  return Subject(
    bytes: bytes,
    verify: {
      guard try Message(serializedBytes: bytes) == message else {
        throw WrongResult("swift-protobuf decodes another message than it encoded")
      }
    },
    encode: { iterations in
      for _ in 0..<iterations {
        let encoded: [UInt8] = try message.serializedBytes()
        guard encoded.count == bytes.count else { throw WrongResult("The size changed") }
      }
    },
    decode: { iterations in
      for _ in 0..<iterations { _ = try Message(serializedBytes: bytes) }
    },
    json: try jsonSubject(message))
}

private func jsonSubject<Message: SwiftProtobuf.Message & Equatable>(_ message: Message) throws -> JSONSubject
{
  let bytes: [UInt8] = try message.jsonUTF8Bytes()
  return JSONSubject(
    bytes: bytes,
    verify: { json in
      guard try Message(jsonUTF8Bytes: json) == message else {
        throw WrongResult("swift-protobuf decodes another message from JSON")
      }
    },
    encode: { iterations in
      for _ in 0..<iterations {
        let encoded: [UInt8] = try message.jsonUTF8Bytes()
        guard encoded.count == bytes.count else { throw WrongResult("The size changed") }
      }
    },
    decode: { iterations in
      for _ in 0..<iterations { _ = try Message(jsonUTF8Bytes: bytes) }
    })
}
