internal import ThinGRPCGuarding

/// The place of a message's fields in its table by their names, in JSON and in the .proto file: made once for a message type
/// that has many fields, and never freed.
@safe struct JSONFieldNames {
  private let fields: UnsafeMutableBufferPointer<FieldTable>
  /// One more than a field's index, by the hash of a name or behind it; zero where there is none.
  private let slots: UnsafeMutableBufferPointer<Int32>

  private init(_ table: UnsafeMutablePointer<MessageTable>) {
    unsafe fields = table.pointee.fields
    var slotCount = 16
    while unsafe slotCount < 4 * fields.count { slotCount *= 2 }
    unsafe slots = .allocate(capacity: slotCount)
    unsafe slots.initialize(repeating: 0)
    // The names in JSON come first: they win over the same name of another field in the .proto file.
    for index in unsafe fields.indices { unsafe insert(index, fields[index].jsonName) }
    for index in unsafe fields.indices { unsafe insert(index, fields[index].name) }
  }

  private func insert(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) {
    if unsafe self.index(of: name) != nil { return }
    var slot = unsafe hash(name) & (slots.count - 1)
    while unsafe slots[slot] != 0 { slot = unsafe (slot + 1) & (slots.count - 1) }
    unsafe slots[slot] = Int32(index + 1)
  }

  /// The index of the field with a name; nil when there is none.
  func index(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = unsafe hash(name) & (slots.count - 1)
    while unsafe slots[slot] != 0 {
      let index = unsafe Int(slots[slot]) - 1
      if unsafe isEqual(name, fields[index].jsonName) || isEqual(name, fields[index].name) { return index }
      slot = unsafe (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// FNV-1a. Only names of the .proto file are in the table, so no one can fill it with names of the same hash.
  private func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<name.count { hash = unsafe (hash ^ UInt64(name[index])) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash >> 32)
  }

  private static let all = Guarded<[UInt: Address]>([:])

  /// An address may go to any thread: what lies there is not written again.
  @safe private struct Address: @unchecked Sendable { let names: UnsafePointer<JSONFieldNames> }

  /// The names of a message type's fields, the same each time.
  static func names(of table: UnsafeMutablePointer<MessageTable>) -> UnsafePointer<JSONFieldNames> {
    unsafe all.withLock { all in
      let key = UInt(bitPattern: table)
      if let known = all[key] { return known }
      let names = UnsafeMutablePointer<JSONFieldNames>.allocate(capacity: 1)
      unsafe names.initialize(to: JSONFieldNames(table))
      let address = unsafe Address(names: UnsafePointer(names))
      all[key] = address
      return address
    }.names
  }
}

/// Finds the fields of one message by their names.
@safe struct JSONFieldFinder {
  private let table: UnsafeMutablePointer<MessageTable>
  private let fields: UnsafeMutableBufferPointer<FieldTable>
  private var names: UnsafePointer<JSONFieldNames>?
  /// The field behind the one that was found last: JSON mostly has them in order.
  private var next = 0

  /// The number of fields up to which they are compared one after the other.
  private static let fewFields = 16

  init(_ table: UnsafeMutablePointer<MessageTable>) {
    unsafe self.table = table
    unsafe fields = table.pointee.fields
  }

  /// The index of the field with a name, in JSON or in the .proto file; nil when there is none.
  mutating func index(of name: UnsafeBufferPointer<UInt8>) -> Int? {
    let found = unsafe find(name)
    if let found { next = found + 1 }
    return found
  }

  private mutating func find(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    let isSmall = unsafe fields.count <= Self.fewFields
    let end = unsafe isSmall ? fields.count : min(next + 4, fields.count)
    for index in next..<end where unsafe isEqual(name, fields[index].jsonName) { return index }
    if isSmall {
      for index in 0..<next where unsafe isEqual(name, fields[index].jsonName) { return index }
      return unsafe fields.firstIndex { unsafe isEqual(name, $0.name) }
    }
    if unsafe names == nil { unsafe names = JSONFieldNames.names(of: table) }
    return unsafe names?.pointee.index(of: name)
  }
}

/// Whether two names have the same bytes.
@inline(__always)
private func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
  guard left.count == right.count else { return false }
  for index in 0..<left.count where unsafe left[index] != right[index] { return false }
  return true
}
