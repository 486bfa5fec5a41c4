internal import CProtobufC
internal import Synchronization

/// What lies behind a `MessageLayout`: allocated once for each message type, and never freed.
@safe struct MessageTable: ~Copyable {
  let name: String
  let descriptor: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  /// The fields in the order of their numbers.
  let fields: UnsafeMutableBufferPointer<FieldTable>
  /// The places of those that can have packed numbers, of their own or in their messages.
  let packedIndices: UnsafeBufferPointer<Int>
  /// How fields in a list are read and written; none of a message that has no list.
  let listedFields: ListedFields
  /// What is special about the type in JSON and text.
  let wellKnownType: WellKnownType?
  /// The fields that lead to other tables.
  let links: [Link]
  /// What is true of messages of this type themselves.
  let ownTraits: MessageTraits

  // All is set up in `init`, except what follows and the links, which are written under the lock of the linking before
  // `isPrepared` is published and never after.
  var isLinked = false
  /// What messages of this type are unpacked by; `descriptor` unless they can have packed numbers.
  var readingDescriptor: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  let isPrepared = Atomic(false)
  /// What is true of this type or of one that its messages can hold; known when it is linked.
  var traits = MessageTraits()
  /// The levels of messages that this type can have; `Int.max` when it can contain itself.
  var greatestDepth = Int.max
  /// Whether the engine can be given a message of this type without a survey, unless it is too deep.
  var isReadByEngineAlone = false

  /// A field that refers to another table.
  struct Link {
    let fieldIndex: Int
    /// The entries of a map are linked from the start: encoding needs them, and nothing else of this.
    let isEntry: Bool
    let layout: @Sendable () -> MessageLayout
  }

  init(fullName: String, byteCount: Int, _ fields: [FieldLayout], isListed: Bool) {
    name = fullName
    wellKnownType = WellKnownType(fullName: fullName)
    var links: [Link] = []
    var entries = unsafe [UnsafeRawPointer?](repeating: nil, count: fields.count)
    for (index, field) in fields.enumerated() {
      switch field.target {
      case .none, .enumeration: break
      case .message(let type): links.append(Link(fieldIndex: index, isEntry: false) { type.layout })
      case .entry(let key, let value):
        let entry = MessageLayout(
          fullName: "\(fullName).\(field.name)", byteCount: MapEntryImage.byteCount,
          [
            FieldLayout(.optional, key, "key", 1, at: MapEntryImage.keyOffset),
            FieldLayout(.optional, value, "value", 2, at: MapEntryImage.valueOffset),
          ])
        links.append(Link(fieldIndex: index, isEntry: true) { entry })
        unsafe entries[index] = unsafe entry.imageHead
      }
    }
    self.links = links
    listedFields = isListed ? unsafe ListedFields(fields, entries: entries) : ListedFields()
    ownTraits = MessageTraits(of: fields)
    let packed = fields.indices.filter { fields[$0].kind.isMessage || fields[$0].shape == .packed }
    let packedPlace = UnsafeMutableBufferPointer<Int>.allocate(capacity: packed.count)
    _ = unsafe packedPlace.initialize(from: packed)
    unsafe packedIndices = UnsafeBufferPointer(packedPlace)
    unsafe self.fields = .allocate(capacity: fields.count)
    _ = unsafe self.fields.initialize(from: fields.map { FieldTable($0) })
    unsafe descriptor = makeMessageDescriptor(name: fullName, byteCount: byteCount, fields)
    unsafe readingDescriptor = descriptor
    for link in links where link.isEntry { set(link.layout(), at: link.fieldIndex) }
  }

  /// Fills in a link.
  func set(_ target: MessageLayout, at fieldIndex: Int) {
    let field = unsafe UnsafeMutablePointer(mutating: descriptor.pointee.fields + fieldIndex)
    unsafe field.pointee.descriptor = UnsafeRawPointer(target.table.pointee.descriptor)
    unsafe fields[fieldIndex].message = target.table
  }

  /// The field with a number; nil when there is none (`protobuf_c_message_descriptor_get_field`).
  func field(numbered number: UInt32) -> UnsafeMutablePointer<FieldTable>? {
    guard let found = unsafe protobuf_c_message_descriptor_get_field(descriptor, number),
      let first = unsafe descriptor.pointee.fields
    else { return nil }
    return unsafe fields.baseAddress.unsafelyUnwrapped + (found - first)
  }
}

/// The C image of a map's entry: the same for every kind of key and value.
@usableFromInline enum MapEntryImage {
  @usableFromInline static var keyOffset: Int { 24 }
  @usableFromInline static var valueOffset: Int { 48 }
  @usableFromInline static var byteCount: Int { 72 }
}
