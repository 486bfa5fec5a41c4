extension FieldTable {
  /// The name that a group has in text format: that of its message, with its capital. Nil for other fields.
  var groupName: Substring.UTF8View? {
    guard kind == .group, let message = unsafe message else { return nil }
    let name = unsafe Substring(message.pointee.name).utf8
    guard let point = name.lastIndex(of: UInt8(ascii: ".")) else { return name }
    return name[name.index(after: point)...]
  }

  /// Whether text format may call the field so.
  func isNamed(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if unsafe name.count == text.count, unsafe name.elementsEqual(text) { return true }
    guard let groupName else { return false }
    return unsafe groupName.elementsEqual(text)
  }
}
