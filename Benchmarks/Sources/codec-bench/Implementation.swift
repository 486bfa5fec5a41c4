internal import ArgumentParser

/// What is measured of each.
enum Operation: String, CaseIterable, ExpressibleByArgument {
  case encode, decode
  case jsonEncode = "json-encode"
  case jsonDecode = "json-decode"
}

/// What is compared.
enum Implementation: String, CaseIterable, ExpressibleByArgument {
  /// ThinGRPC's generated messages, to and from arrays of bytes.
  case thin
  /// The same, to and from the memory of the core that calls carry.
  case thinCall = "thin-call"
  /// swift-protobuf's generated messages, to and from arrays of bytes.
  case swiftProtobuf = "swift-protobuf"
  /// C structs, with malloc.
  case c
  /// C structs, in an arena.
  case cArena = "c-arena"
  /// C structs as the floor has them: decoded to an arena, encoded to the memory of the core.
  case cCall = "c-call"

  /// The implementation's message, verified to encode to what `agreed` does, and in JSON to something that each decodes as its
  /// own; nil where it has none of this shape.
  func subject(_ shape: Shape, agreed: Subject) throws -> Subject? {
    let subject: Subject? =
      switch self {
      case .thin: try shape.thin(call: false)
      case .thinCall: try shape.thin(call: true)
      case .swiftProtobuf: try shape.swiftProtobuf(agreed.bytes)
      case .c: try shape.cStruct(.heap, agreed.bytes)
      case .cArena: try shape.cStruct(.arena, agreed.bytes)
      case .cCall: try shape.cStruct(.call, agreed.bytes)
      }
    guard let subject else { return nil }
    try subject.verify()
    guard shape.isUnordered ? subject.bytes.count == agreed.bytes.count : subject.bytes == agreed.bytes
    else {
      throw WrongResult("\(rawValue) encodes \(shape.rawValue) to other bytes")
    }
    if let json = subject.json, let agreed = agreed.json {
      for bytes in [json.bytes, agreed.bytes] { try json.verify(bytes) }
      try agreed.verify(json.bytes)
    }
    return subject
  }
}
