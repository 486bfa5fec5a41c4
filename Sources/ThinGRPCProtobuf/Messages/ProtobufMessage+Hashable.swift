// Compiled once for all messages: what Swift would derive for each of them takes a fifth of the time that a message takes to
// compile. The generic part ends at the images. Messages that are no large ones have a `==` of their own.

extension ProtobufMessage {
  /// Whether all fields are equal, as their types in Swift have it, unknown fields included.
  public static func == (left: Self, right: Self) -> Bool {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The images refer to the strings and bytes of both.
      withExtendedLifetime(left) {}
      withExtendedLifetime(right) {}
    }
    return unsafe ImageEquality.areEqual(
      MessageWriter.image(of: left, arena, depth: MessageWriter.anyDepth),
      MessageWriter.image(of: right, arena, depth: MessageWriter.anyDepth))
  }

  /// The hash of all fields.
  public var hashValue: Int {
    var hasher = Hasher()
    hash(into: &hasher)
    return hasher.finalize()
  }

  /// Hashes all fields.
  public func hash(into hasher: inout Hasher) {
    let arena = unsafe Arena.open(budget: .max)
    defer {
      unsafe Arena.close(arena)
      // The image refers to the strings and bytes of `self`.
      withExtendedLifetime(self) {}
    }
    let image = unsafe MessageWriter.image(of: self, arena, depth: MessageWriter.anyDepth)
    unsafe ImageHash.combine(image, into: &hasher)
  }
}
