internal import ThinGRPC

/// Checks that an image and all that it holds have the fields that they must have.
///
/// - Throws: `MessageCodingError` that names the first that is missing.
func checkRequiredFields(of image: UnsafeMutableRawPointer) throws(MessageCodingError) {
  var path: [String] = []
  try unsafe checkRequiredFields(of: image, &path)
}

private func checkRequiredFields(
  of image: UnsafeMutableRawPointer, _ path: inout [String]
) throws(MessageCodingError) {
  let table = unsafe messageTable(of: image)
  for index in unsafe table.pointee.fields.indices {
    let field = unsafe table.pointee.fields[index]
    if field.shape == .required, unsafe !field.isPresent(in: image) {
      throw MessageCodingError(
        "The \(unsafe table.pointee.name) lacks a field that is required", fieldPath: path + [field.nameText])
    }
    guard let inner = unsafe field.message, unsafe inner.pointee.traits.contains(.hasRequiredFields) else {
      continue
    }
    path.append(field.nameText)
    try unsafe field.forEachMessage(in: image) { (message) throws(MessageCodingError) in
      try unsafe checkRequiredFields(of: message, &path)
    }
    path.removeLast()
  }
}
