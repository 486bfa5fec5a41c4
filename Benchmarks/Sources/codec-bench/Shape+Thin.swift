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
      return try call ? callSubject(user) : arraySubject(user)
    case .getUserRequest:
      let request = GetUserRequest.with { $0.id = user.id }
      return try call ? callSubject(request) : arraySubject(request)
    case .userUpdate, .bytes:
      let update = UserUpdate.with {
        $0.id = user.id
        $0.name = updatedName
      }
      return try call ? callSubject(update) : arraySubject(update)
    case .syncResult:
      let result = SyncResult.with {
        $0.id = user.id
        $0.ok = true
        $0.message = "updated"
      }
      return try call ? callSubject(result) : arraySubject(result)
    }
  }
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
