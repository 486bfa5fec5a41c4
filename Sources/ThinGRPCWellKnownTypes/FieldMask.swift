public import ThinGRPCProtobuf

extension GoogleProtobuf.FieldMask: ExpressibleByArrayLiteral {
  /// A mask of some paths, such as `user.name`.
  public init(paths: some Sequence<String>) {
    self.init()
    self.paths = Array(paths)
  }

  /// A mask of the paths.
  public init(arrayLiteral elements: String...) { self.init(paths: elements) }

  /// A mask of all fields of a message type, without those of the messages in them.
  public init<Message: ProtobufMessage>(allFieldsOf type: Message.Type) {
    self.init(paths: type.layout.fieldNames)
  }

  /// Whether each path leads to a field of a message type; only its last field may be repeated.
  public func isValid<Message: ProtobufMessage>(for type: Message.Type) -> Bool {
    paths.allSatisfy(type.layout.hasField)
  }

  /// The same fields, each named once: sorted, and without paths that lead into a field that is there as a whole.
  public var normalized: Self {
    var kept: [String] = []
    for path in paths.sorted(by: precedes) where kept.last.map({ !covers($0, path) }) ?? true {
      kept.append(path)
    }
    return Self(paths: kept)
  }

  /// Whether the mask has a field, by its own path or as a part of another field.
  public func contains(_ path: String) -> Bool {
    paths.contains { covers($0, path) }
  }

  /// The fields that are in this mask, in the other, or in both; normalised.
  public func union(_ other: Self) -> Self {
    Self(paths: paths + other.paths).normalized
  }

  /// The fields that are in both masks; normalised.
  public func intersection(_ other: Self) -> Self {
    Self(paths: paths.filter(other.contains) + other.paths.filter(contains)).normalized
  }

  /// The fields of this mask that are not in the other; normalised.
  ///
  /// A field of which the other has only a part stays: a mask has no way to say all but that part.
  public func subtracting(_ other: Self) -> Self {
    Self(paths: paths.filter { !other.contains($0) }).normalized
  }
}

/// Whether `path` is `outer` or leads into it.
private func covers(_ outer: String, _ path: String) -> Bool {
  guard path.utf8.starts(with: outer.utf8) else { return false }
  return path.utf8.count == outer.utf8.count
    || path.utf8.dropFirst(outer.utf8.count).first == UInt8(ascii: ".")
}

/// An order in which a field comes right before what leads into it: name by name.
private func precedes(_ left: String, _ right: String) -> Bool {
  left.split(separator: ".", omittingEmptySubsequences: false)
    .lexicographicallyPrecedes(right.split(separator: ".", omittingEmptySubsequences: false))
}
