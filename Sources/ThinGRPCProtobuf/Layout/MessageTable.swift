internal import CProtobufC
internal import Synchronization

/// What lies behind a `MessageLayout`: allocated once for each message type, and never freed.
@safe struct MessageTable: ~Copyable {
  let name: String
  let descriptor: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  let links: [Link]

  // All is set up in `init`, except the descriptor's links and these, which are written under the lock of the linking
  // before `isLinked` is published and never after.
  let isLinked = Atomic(false)
  var linking = Linking.none
  /// The levels of messages that this type can have; nil when it can contain itself.
  var greatestDepth: Int?

  enum Linking { case none, begun, done }

  /// A field that refers to another table.
  struct Link {
    let fieldIndex: Int
    /// The entries of a map are linked from the start: encoding needs them, and nothing else of this.
    let isEntry: Bool
    let layout: @Sendable () -> MessageLayout
  }

  init(fullName: String, byteCount: Int, _ fields: [FieldLayout]) {
    name = fullName
    var links: [Link] = []
    for (index, field) in fields.enumerated() {
      switch field.target {
      case .none: break
      case .message(let type): links.append(Link(fieldIndex: index, isEntry: false) { type.layout })
      case .entry(let key, let value):
        let entry = MessageLayout(
          fullName: "\(fullName).\(field.name)", byteCount: MapEntryImage.byteCount,
          [
            .singular(1, "key", key, at: MapEntryImage.keyOffset),
            .singular(2, "value", value, at: MapEntryImage.valueOffset),
          ])
        links.append(Link(fieldIndex: index, isEntry: true) { entry })
      }
    }
    self.links = links
    unsafe descriptor = makeMessageDescriptor(name: fullName, byteCount: byteCount, fields)
    for link in links where link.isEntry { set(link.layout(), at: link.fieldIndex) }
  }

  /// Fills in a link.
  func set(_ target: MessageLayout, at fieldIndex: Int) {
    let field = unsafe UnsafeMutablePointer(mutating: descriptor.pointee.fields + fieldIndex)
    unsafe field.pointee.descriptor = UnsafeRawPointer(target.table.pointee.descriptor)
  }
}

/// The C image of a map's entry: the same for every kind of key and value.
@usableFromInline enum MapEntryImage {
  @usableFromInline static var keyOffset: Int { 24 }
  @usableFromInline static var valueOffset: Int { 48 }
  @usableFromInline static var byteCount: Int { 72 }
}
