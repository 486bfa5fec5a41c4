internal import CProtobufC
internal import Synchronization
internal import ThinGRPCGuarding

/// The table by which libprotobuf-c packs and unpacks one message type (`ProtobufCMessageDescriptor`).
///
/// Generated code makes one for each message type, on first use, and it lives as long as the process.
@safe public final class MessageLayout: @unchecked Sendable {
  // Sendable: all is set up in `init`, except the links to other layouts and the depth, which are written under
  // `linking` before `isLinked` is published and never after.
  /// The message's full name in the .proto file.
  public let name: String
  let descriptor: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  /// What an image of this type begins with: its descriptor, links or not.
  @usableFromInline let imageHead: UnsafeRawPointer
  /// The bytes of an image.
  @usableFromInline let byteCount: Int
  private let links: [Link]
  private let isLinked = Atomic(false)
  /// The levels of messages that this type can have; nil when it can contain itself.
  private(set) var greatestDepth: Int?

  private var progress = Progress.none

  private enum Progress { case none, begun, done }

  private struct Link {
    let fieldIndex: Int
    /// The entries of a map are linked from the start: encoding needs them, and nothing else of this.
    let isEntry: Bool
    let layout: @Sendable () -> MessageLayout
  }

  private static let linking = Guarded(())

  /// Makes the table.
  ///
  /// - Parameters:
  ///   - name: the message's full name in the .proto file.
  ///   - byteCount: the size of its C image, at least 24 (`sizeof(ProtobufCMessage)`).
  ///   - fields: its fields in the order of their numbers.
  public convenience init(_ name: StaticString, byteCount: Int, _ fields: [FieldLayout]) {
    self.init(fullName: "\(name)", byteCount: byteCount, fields)
  }

  private init(fullName: String, byteCount: Int, _ fields: [FieldLayout]) {
    self.name = fullName
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
    self.byteCount = byteCount
    let descriptor = unsafe makeMessageDescriptor(name: fullName, byteCount: byteCount, fields)
    unsafe self.descriptor = descriptor
    unsafe self.imageHead = UnsafeRawPointer(descriptor)
    for link in links where link.isEntry { set(link.layout(), at: link.fieldIndex) }
  }

  /// The table, ready for use: all messages that it refers to have theirs.
  var linkedDescriptor: UnsafePointer<ProtobufCMessageDescriptor> {
    if !isLinked.load(ordering: .acquiring) { linkAll() }
    return unsafe UnsafePointer(descriptor)
  }

  /// Whether a message of this type can be nested deeper than `limit` levels.
  func canExceed(depth limit: Int) -> Bool {
    guard let greatestDepth else { return true }
    return greatestDepth > limit
  }

  /// Fills in the links of this layout and of all that it leads to, and publishes them together.
  private func linkAll() {
    Self.linking.withLock { _ in
      var linked: [MessageLayout] = []
      _ = link(&linked)
      for layout in linked { layout.isLinked.store(true, ordering: .releasing) }
    }
  }

  private func set(_ target: MessageLayout, at fieldIndex: Int) {
    let field = unsafe UnsafeMutablePointer(mutating: descriptor.pointee.fields + fieldIndex)
    unsafe field.pointee.descriptor = UnsafeRawPointer(target.descriptor)
  }

  /// Returns the depth of this layout; nil when it can contain itself.
  private func link(_ linked: inout [MessageLayout]) -> Int? {
    if isLinked.load(ordering: .relaxed) || progress == .done { return greatestDepth }
    // Back at a layout that is being linked further up: a cycle.
    if progress == .begun { return nil }
    progress = .begun
    var depths: [Int?] = []
    for link in links {
      let target = link.layout()
      if !link.isEntry { set(target, at: link.fieldIndex) }
      depths.append(target.link(&linked))
    }
    greatestDepth = depths.contains(nil) ? nil : 1 + depths.reduce(0) { max($0, $1 ?? 0) }
    progress = .done
    linked.append(self)
    return greatestDepth
  }
}

/// The C image of a map's entry: the same for every kind of key and value.
@usableFromInline enum MapEntryImage {
  @usableFromInline static var keyOffset: Int { 24 }
  @usableFromInline static var valueOffset: Int { 48 }
  @usableFromInline static var byteCount: Int { 72 }
}
