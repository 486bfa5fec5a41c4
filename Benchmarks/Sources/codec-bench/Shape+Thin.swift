internal import ShapeMessages
internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import ThinGRPCWellKnownTypes
internal import UserProtos

extension Shape {
  func thin(call: Bool) throws -> Subject {
    switch self {
    case .user, .userText:
      let user = User.with {
        $0.id = self.user.id
        $0.email = self.user.email
        $0.name = self.user.name
        $0.plan = UserPlan(rawValue: Int32(self.user.plan))
        $0.createdAt = .with { $0.seconds = self.user.seconds }
      }
      return try subject(user, call)
    case .getUserRequest: return try subject(GetUserRequest.with { $0.id = user.id }, call)
    case .userUpdate, .bytes:
      let update = UserUpdate.with {
        $0.id = user.id
        $0.name = updatedName
      }
      return try subject(update, call)
    case .syncResult:
      let result = SyncResult.with {
        $0.id = user.id
        $0.ok = true
        $0.message = "updated"
      }
      return try subject(result, call)
    case .small: return try subject(Small.sample, call)
    case .texts: return try subject(Texts.sample, call)
    case .numbers: return try subject(Numbers.sample, call)
    case .nested: return try subject(Order.sample, call)
    case .maps: return try subject(Maps.sample, call)
    case .blob: return try subject(Blob.sample, call)
    }
  }
}

@inline(__always)
private func subject<Message: ProtobufMessage>(_ message: Message, _ call: Bool) throws -> Subject {
  try call ? callSubject(message) : arraySubject(message)
}

private func arraySubject<Message: ProtobufMessage>(_ message: Message) throws -> Subject {
  let bytes = try message.serializedBytes()
  return Subject(
    bytes: bytes,
    verify: {
      guard try Message(serializedBytes: bytes) == message else {
        throw WrongResult("ThinGRPC decodes another message than it encoded")
      }
    },
    encode: { iterations in
      for _ in 0..<iterations {
        guard try message.serializedBytes().count == bytes.count else {
          throw WrongResult("The size changed")
        }
      }
    },
    decode: { iterations in
      for _ in 0..<iterations { _ = try Message(serializedBytes: bytes) }
    },
    json: try jsonSubject(message))
}

private func jsonSubject<Message: ProtobufMessage>(_ message: Message) throws -> JSONSubject {
  let bytes = try message.jsonBytes()
  return JSONSubject(
    bytes: bytes,
    verify: { json in
      guard try Message(jsonBytes: json) == message else {
        throw WrongResult("ThinGRPC decodes another message from JSON")
      }
    },
    encode: { iterations in
      for _ in 0..<iterations {
        let encoded = try message.jsonBytes()
        guard encoded.count == bytes.count else { throw WrongResult("The size changed") }
      }
    },
    decode: { iterations in
      for _ in 0..<iterations { _ = try Message(jsonBytes: bytes) }
    })
}

private func callSubject<Message: ProtobufMessage>(_ message: Message) throws -> Subject {
  let bytes = try message.encoded().bytes
  return Subject(
    bytes: bytes,
    verify: {
      guard try Message(decoding: MessageBytes(copying: bytes)) == message else {
        throw WrongResult("ThinGRPC decodes another message from a call than it encoded")
      }
    },
    encode: { iterations in
      for _ in 0..<iterations {
        guard try message.encoded().byteCount == bytes.count else { throw WrongResult("The size changed") }
      }
    },
    decode: { iterations in
      let received = MessageBytes(copying: bytes)
      for _ in 0..<iterations { _ = try Message(decoding: received) }
    })
}
