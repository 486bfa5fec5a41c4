internal import CProtobufC
internal import Synchronization
internal import ThinGRPCGuarding

// Message types may refer to each other in circles, so the tables are linked when one is first needed: with all tables that
// it leads to, so that what a coding can reach is never written while it goes on.

private let linking = Guarded(())

extension MessageLayout {
  /// The table, ready for use: all messages that it refers to have theirs, and what is true of them all is known.
  var prepared: UnsafeMutablePointer<MessageTable> {
    if unsafe !table.pointee.isPrepared.load(ordering: .acquiring) { prepare() }
    return unsafe table
  }

  @inline(never)
  private func prepare() {
    linking.withLock { _ in
      var reached: [UnsafeMutablePointer<MessageTable>] = unsafe [table]
      var seen: Set<UnsafeMutablePointer<MessageTable>> = unsafe [table]
      var next = 0
      while unsafe next < reached.count {
        let current = unsafe reached[next]
        next += 1
        for link in unsafe current.pointee.links {
          let target = link.layout()
          if !link.isEntry, unsafe !current.pointee.isLinked {
            unsafe current.pointee.set(target, at: link.fieldIndex)
          }
          if unsafe seen.insert(target.table).inserted { unsafe reached.append(target.table) }
        }
        unsafe current.pointee.isLinked = true
      }
      var traits = MessageTraits()
      for index in unsafe reached.indices { unsafe traits.formUnion(reached[index].pointee.ownTraits) }
      unsafe table.pointee.traits = traits
      var depths: [UnsafeMutablePointer<MessageTable>: Int?] = unsafe [:]
      unsafe table.pointee.greatestDepth = unsafe greatestDepth(of: table, &depths)
      unsafe table.pointee.isPrepared.store(true, ordering: .releasing)
    }
  }
}

/// The levels of messages that a type can have; nil when it can contain itself.
private func greatestDepth(
  of table: UnsafeMutablePointer<MessageTable>, _ depths: inout [UnsafeMutablePointer<MessageTable>: Int?]
) -> Int? {
  if let known = unsafe depths[table] { return known }
  // For whoever comes back here before it is known: a circle.
  unsafe depths[table] = .some(nil)
  var greatest = 0
  for link in unsafe table.pointee.links {
    guard let inner = unsafe greatestDepth(of: link.layout().table, &depths) else { return nil }
    greatest = max(greatest, inner)
  }
  unsafe depths[table] = .some(greatest + 1)
  return greatest + 1
}
