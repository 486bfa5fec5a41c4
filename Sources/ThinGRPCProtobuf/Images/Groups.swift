// protobuf-c writes no groups. A field whose content it is given, tag apart, can be one all the same: an unknown field.

/// Makes the groups of an image, and of all that it holds, into unknown fields that are written as groups.
func fileGroups(of image: UnsafeMutableRawPointer, _ arena: UnsafeMutablePointer<Arena>) {
  let table = unsafe messageTable(of: image)
  var unknown = unsafe UnknownFieldImages()
  for index in unsafe table.pointee.fields.indices {
    let field = unsafe table.pointee.fields[index]
    guard let inner = unsafe field.message else { continue }
    let isGroup = field.kind == .group
    guard unsafe isGroup || inner.pointee.traits.contains(.hasGroups) else { continue }
    unsafe field.forEachMessage(in: image) { message in
      unsafe fileGroups(of: message, arena)
      guard isGroup else { return }
      var content = unsafe packed(message)
      content.append(tag: field.number, .endGroup)
      unsafe unknown.append(field.number, .startGroup, content, arena)
    }
    // Another field of its oneof stays.
    if unsafe isGroup && field.isPresent(in: image) { unsafe field.remove(from: image) }
  }
  unsafe unknown.add(to: image, arena)
}
