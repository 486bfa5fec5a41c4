internal import ArgumentParser

/// What is measured of each.
enum Operation: String, CaseIterable, ExpressibleByArgument { case encode, decode }

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

  /// The implementation's message, verified to encode to `agreed`; nil where it has none of this shape.
  func subject(_ shape: Shape, agreed: [UInt8]) throws -> Subject? {
    let subject: Subject? =
      switch self {
      case .thin: try shape.thin(call: false)
      case .thinCall: try shape.thin(call: true)
      case .swiftProtobuf: try shape.swiftProtobuf(agreed)
      case .c: try shape.cStruct(.heap, agreed)
      case .cArena: try shape.cStruct(.arena, agreed)
      case .cCall: try shape.cStruct(.call, agreed)
      }
    guard let subject else { return nil }
    try subject.verify()
    guard shape.isUnordered ? subject.bytes.count == agreed.count : subject.bytes == agreed else {
      throw WrongResult("\(rawValue) encodes \(shape.rawValue) to other bytes")
    }
    return subject
  }
}
