internal import ThinGRPC

/// An extension of any message and of any type, as a `TypeRegistry` takes it. Every `MessageExtension` is one.
public protocol RegisteredExtension: Sendable {
  /// What text and JSON need to know of the extension.
  var record: ExtensionRecord { get }
}

/// What text and JSON need to know of an extension, without its types.
@safe public struct ExtensionRecord: Sendable {
  /// The extension's full name in the .proto file.
  let name: String
  let number: UInt32
  /// A message that has nothing but this field: its name is that of the message that is extended.
  let layout: MessageLayout
  /// Decodes what a message has for the extension, and calls the function with an image of `layout`, as for encoding it.
  let withImage:
    @Sendable (
      _ bytes: [UInt8], _ body: (UnsafeRawPointer) throws(MessageCodingError) -> Void
    ) throws(MessageCodingError) -> Void

  /// The field in images of `layout`.
  var field: FieldTable { unsafe layout.prepared.pointee.fields[0] }
}

extension MessageExtension: RegisteredExtension {
  public var record: ExtensionRecord {
    unsafe ExtensionRecord(name: name, number: fieldNumber, layout: layout) {
      (bytes, body) throws(MessageCodingError) in
      let options = DecodingOptions(allowsMissingRequiredFields: true)
      let reader = try unsafe unpack(bytes.span.bytes, layout, options)
      let value = unsafe read(reader)
      if let failure = unsafe Arena.close(reader.arena) { throw failure }
      guard let value else { return }
      let arena = unsafe Arena.open(budget: .max)
      defer {
        unsafe Arena.close(arena)
        // The image refers to the strings and bytes of the value.
        withExtendedLifetime(value) {}
      }
      let image = unsafe newImage(layout.byteCount, layout.imageHead, arena)
      unsafe write(value, MessageWriter(image, arena))
      try unsafe arena.pointee.checkNoFailure()
      try unsafe body(image)
    }
  }
}
