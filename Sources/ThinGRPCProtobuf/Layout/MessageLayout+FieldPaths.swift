extension MessageLayout {
  /// The names of the fields in the .proto file, in the order of their numbers.
  package var fieldNames: [String] {
    unsafe table.pointee.fields.indices.map { unsafe table.pointee.fields[$0].nameText }
  }

  /// Whether a path such as `address.street` leads to a field: all but the last are names of fields with one message.
  package func hasField(at path: String) -> Bool {
    var next: UnsafeMutablePointer<MessageTable>? = unsafe prepared
    for name in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard let table = unsafe next,
        let index = unsafe table.pointee.fields.indices.first(where: { index in
          unsafe table.pointee.fields[index].nameText == name
        })
      else { return false }
      let field = unsafe table.pointee.fields[index]
      unsafe next = field.isRepeated ? nil : field.message
    }
    return true
  }
}
