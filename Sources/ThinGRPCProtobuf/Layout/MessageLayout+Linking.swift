internal import CProtobufC
internal import Synchronization
internal import ThinGRPCGuarding

// Message types may refer to each other in circles, so the tables are linked when one is first needed: with all tables that
// it leads to, so that what a coding can reach is never written while it goes on.

private let linking = Guarded(())

extension MessageLayout {
  /// The table, ready for use: all messages that it refers to have theirs, and what is true of them all is known.
  var prepared: UnsafeMutablePointer<MessageTable> { unsafe preparedTable(table) }
}

/// `table`, ready for use.
func preparedTable(_ table: UnsafeMutablePointer<MessageTable>) -> UnsafeMutablePointer<MessageTable> {
  if unsafe !table.pointee.isPrepared.load(ordering: .acquiring) { unsafe prepare(table) }
  return unsafe table
}

@inline(never)
private func prepare(_ table: UnsafeMutablePointer<MessageTable>) {
  linking.withLock { _ in
    // Another thread may have done it meanwhile, and reads by now what would be written again.
    if unsafe table.pointee.isPrepared.load(ordering: .relaxed) { return }
    // Those that are linked already have their traits too.
    var fresh: [UnsafeMutablePointer<MessageTable>] = unsafe []
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
      if unsafe !current.pointee.isLinked { unsafe fresh.append(current) }
    }
    unsafe spreadTraits(over: fresh)
    unsafe makeReadingDescriptors(of: fresh)
    var depths: [UnsafeMutablePointer<MessageTable>: Int?] = unsafe [:]
    unsafe table.pointee.greatestDepth = greatestDepth(of: table, &depths) ?? .max
    unsafe table.pointee.isReadByEngineAlone = !table.pointee.traits.contains(.hasClosedEnums)
    unsafe table.pointee.isPrepared.store(true, ordering: .releasing)
  }
}

/// Gives each table the traits of all that it leads to, over and over until nothing changes: they may lead in circles.
private func spreadTraits(over tables: [UnsafeMutablePointer<MessageTable>]) {
  for index in unsafe tables.indices {
    unsafe tables[index].pointee.traits = tables[index].pointee.ownTraits
    unsafe tables[index].pointee.isLinked = true
  }
  var isChanged = true
  while isChanged {
    isChanged = false
    for index in unsafe tables.indices {
      let before = unsafe tables[index].pointee.traits
      var traits = before
      for link in unsafe tables[index].pointee.links {
        unsafe traits.formUnion(link.layout().table.pointee.traits)
      }
      if traits != before {
        unsafe tables[index].pointee.traits = traits
        isChanged = true
      }
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
