internal import ThinGRPC

/// The extensions of a message that is read from text: each in an image of its own, until they are all known.
@safe struct ExtensionImages {
  private var images: [(number: UInt32, image: UnsafeMutableRawPointer)] = unsafe []

  /// The image of an extension, empty at first; nil when the arena's budget is spent.
  mutating func image(
    of record: ExtensionRecord, _ arena: UnsafeMutablePointer<Arena>
  ) -> UnsafeMutableRawPointer? {
    for index in unsafe images.indices where unsafe images[index].number == record.number {
      return unsafe images[index].image
    }
    guard let image = unsafe makeEmptyImage(record.layout.prepared, arena) else { return nil }
    unsafe images.append((record.number, image))
    return unsafe image
  }

  /// Hands the extensions to the message's image, which keeps them encoded; false when the arena's budget is spent.
  func store(
    in image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>
  ) throws(MessageCodingError) -> Bool {
    var bytes: [UInt8] = []
    for index in unsafe images.indices { bytes += try unsafe packedBytes(ofBuilt: images[index].image) }
    // An empty list is an extension without bytes.
    return bytes.isEmpty ? true : unsafe setUnknownFields(of: image, to: bytes, arena)
  }
}

extension UnknownFields {
  /// Calls `body` with each of the extensions that is among the fields: its field, and an image that has nothing else. Returns the
  /// other fields, those that are no value of their extension included.
  func withExtensions(
    _ records: [ExtensionRecord],
    _ body: (ExtensionRecord, UnsafeRawPointer) throws(MessageCodingError) -> Void
  ) throws(MessageCodingError) -> UnknownFields {
    var rest = self
    for record in records {
      let bytes = rest.bytes(ofField: record.number)
      if bytes.isEmpty { continue }
      var isValue = false
      do throws(MessageCodingError) {
        try unsafe record.withImage(bytes) { (image) throws(MessageCodingError) in
          isValue = true
          try unsafe body(record, image)
        }
      } catch {
        // The bytes were no value, unless it went wrong later.
        if isValue { throw error }
      }
      if isValue { rest = rest.replacing(record.number, by: []) }
    }
    return rest
  }
}
