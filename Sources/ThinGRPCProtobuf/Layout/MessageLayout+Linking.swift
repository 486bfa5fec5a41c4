internal import CProtobufC
internal import Synchronization
internal import ThinGRPCGuarding

// Message types may refer to each other in circles, so the tables are linked when one is first needed for decoding.

private let linking = Guarded(())

extension MessageLayout {
  /// The table, ready for use: all messages that it refers to have theirs.
  var linkedDescriptor: UnsafePointer<ProtobufCMessageDescriptor> {
    if unsafe !table.pointee.isLinked.load(ordering: .acquiring) { linkAll() }
    return unsafe UnsafePointer(table.pointee.descriptor)
  }

  /// Whether a message of this type can be nested deeper than `limit` levels.
  func canExceed(depth limit: Int) -> Bool {
    guard let greatestDepth = unsafe table.pointee.greatestDepth else { return true }
    return greatestDepth > limit
  }

  /// Fills in the links of this layout and of all that it leads to, and publishes them together.
  private func linkAll() {
    linking.withLock { _ in
      var linked: [MessageLayout] = []
      _ = link(&linked)
      for layout in linked { unsafe layout.table.pointee.isLinked.store(true, ordering: .releasing) }
    }
  }

  /// Returns the depth of this layout; nil when it can contain itself.
  private func link(_ linked: inout [MessageLayout]) -> Int? {
    // Begun: back at a layout that is being linked further up, a cycle. Its depth is not known yet, and will be nil.
    if unsafe table.pointee.linking != .none { return unsafe table.pointee.greatestDepth }
    unsafe table.pointee.linking = .begun
    var depths: [Int?] = []
    for link in unsafe table.pointee.links {
      let target = link.layout()
      if !link.isEntry { unsafe table.pointee.set(target, at: link.fieldIndex) }
      depths.append(target.link(&linked))
    }
    unsafe table.pointee.greatestDepth =
      depths.contains(nil) ? nil : 1 + depths.reduce(0) { max($0, $1 ?? 0) }
    unsafe table.pointee.linking = .done
    linked.append(self)
    return unsafe table.pointee.greatestDepth
  }
}
