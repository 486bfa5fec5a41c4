internal import ThinGRPC

/// The message types by their names, for what names a type only when the program runs: a `google.protobuf.Any` in JSON or
/// in text format.
///
/// Those of `google/protobuf` are in `TypeRegistry.wellKnownTypes` (module `ThinGRPCWellKnownTypes`). Extensions are in a registry
/// as well: a message keeps them encoded, so that only a registry can tell what they are.
public struct TypeRegistry: Sendable {
  private let types: [String: any ProtobufMessage.Type]
  /// By the full name of the message that they extend, in the order of their numbers.
  private let extensions: [String: [ExtensionRecord]]

  /// The registry of `types` and `extensions`; of several with the same full name the last counts.
  ///
  /// - Parameters:
  ///   - types: the messages' types, as in `[Foo.self, Bar.self]`.
  ///   - extensions: the extensions, as in `[Foo.rank, Bar.part]`.
  public init(
    _ types: [any ProtobufMessage.Type] = [], extensions: [any RegisteredExtension] = []
  ) {
    self.types = Self.named(types, and: [:])
    self.extensions = Self.sorted(extensions, and: [:])
  }

  /// The registry with `types` and `extensions` in addition.
  public func adding(
    _ types: [any ProtobufMessage.Type], extensions: [any RegisteredExtension] = []
  ) -> TypeRegistry {
    TypeRegistry(
      types: Self.named(types, and: self.types), extensions: Self.sorted(extensions, and: self.extensions))
  }

  private init(types: [String: any ProtobufMessage.Type], extensions: [String: [ExtensionRecord]]) {
    self.types = types
    self.extensions = extensions
  }

  /// The extensions of the message with a full name, in the order of their numbers.
  func extensions(of message: String) -> [ExtensionRecord] { extensions[message] ?? [] }

  /// The extension of the message that has a full name of its own; nil when it is not in the registry.
  func `extension`(named name: String, of message: String) -> ExtensionRecord? {
    extensions[message]?.first { $0.name == name }
  }

  /// The type with a full name, as in `google.protobuf.Duration`; nil when it is not in the registry.
  public func type(named fullName: String) -> (any ProtobufMessage.Type)? { types[fullName] }

  /// The type of an `Any`: its name is what follows the last slash. Nil when there is no slash, or no such type.
  public func type(forURL url: String) -> (any ProtobufMessage.Type)? {
    guard let slash = url.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    return types[String(url[url.utf8.index(after: slash)...])]
  }

  private static func named(
    _ types: [any ProtobufMessage.Type], and others: [String: any ProtobufMessage.Type]
  ) -> [String: any ProtobufMessage.Type] {
    if types.isEmpty { return others }
    var named = others
    for type in types { named[type.protoTypeName] = type }
    return named
  }

  private static func sorted(
    _ extensions: [any RegisteredExtension], and others: [String: [ExtensionRecord]]
  ) -> [String: [ExtensionRecord]] {
    var sorted = others
    for record in extensions.map(\.record) {
      var known = sorted[record.layout.name] ?? []
      known.removeAll { $0.name == record.name || $0.number == record.number }
      known.insert(record, at: known.firstIndex { $0.number > record.number } ?? known.endIndex)
      sorted[record.layout.name] = known
    }
    return sorted
  }
}

extension ProtobufMessage {
  /// Decodes a message that lies within another one, and calls `body` with an image of it, as for encoding it.
  ///
  /// - Throws: `MessageCodingError` when the bytes are not a valid message of this type, and what `body` throws.
  static func withImage(
    decoding bytes: UnsafeRawBufferPointer,
    _ body: (UnsafeRawPointer) throws(MessageCodingError) -> Void
  ) throws(MessageCodingError) {
    let message = try Self(
      serializedBytes: unsafe bytes.bytes, options: DecodingOptions(allowsMissingRequiredFields: true))
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `message`.
      withExtendedLifetime(message) {}
    }
    let image = unsafe MessageWriter.image(of: message, arena)
    try unsafe arena.pointee.checkNoFailure()
    try unsafe body(image)
  }
}
