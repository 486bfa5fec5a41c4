internal import ThinGRPC

// Extensions, whose keys are their full names in brackets.
extension JSONReader {
  /// The extension that a key names; nil when it is none that is in the registry.
  func `extension`(
    _ key: UnsafeBufferPointer<UInt8>, of table: UnsafeMutablePointer<MessageTable>
  ) -> ExtensionRecord? {
    guard unsafe key.first == UInt8(ascii: "["), unsafe key.last == UInt8(ascii: "]"), key.count > 2 else {
      return nil
    }
    let name = unsafe String(decoding: UnsafeBufferPointer(rebasing: key[1..<key.count - 1]), as: UTF8.self)
    return unsafe options.types.extension(named: name, of: table.pointee.name)
  }

  mutating func read(_ record: ExtensionRecord, _ extensions: inout ExtensionImages) throws(JSONFailure) {
    guard let image = unsafe extensions.image(of: record, arena),
      let field = unsafe record.layout.prepared.pointee.fields.baseAddress
    else { throw input.outOfMemory() }
    do throws(JSONFailure) {
      if unsafe field.pointee.isPresent(in: image) { throw input.failure("it is there twice") }
      try unsafe read(field, to: image)
    } catch {
      throw unsafe error.within(field)
    }
  }

  /// Hands the extensions to the message that they are of.
  func store(_ extensions: ExtensionImages, in image: UnsafeMutableRawPointer) throws(JSONFailure) {
    let isStored: Bool
    do throws(MessageCodingError) {
      isStored = try unsafe extensions.store(in: image, arena)
    } catch {
      throw JSONFailure("an extension has no encoding", error)
    }
    guard isStored else { throw input.outOfMemory() }
  }
}
