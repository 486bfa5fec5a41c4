internal import ThinGRPC

/// What is wrong with JSON, or with a message that is to be JSON, and in which field. It tells nothing of the contents.
struct JSONFailure: Error {
  private let reason: String
  /// The fields that lead there, and the elements that lead on from the outermost message or list.
  private var path: [String] = []
  private var elements = ""

  init(_ reason: String) { self.reason = reason }

  /// What went wrong with a message that is coded by itself.
  init(_ beginning: String, _ error: MessageCodingError) {
    reason = "\(beginning): \(error.reason)"
    path = error.fieldPath
  }

  /// The failure as it is seen from the message that has the field.
  @inline(never)
  func within(_ field: UnsafeMutablePointer<FieldTable>) -> JSONFailure {
    var failure = self
    failure.path.insert(unsafe field.pointee.nameText + elements, at: 0)
    failure.elements = ""
    return failure
  }

  /// The failure as it is seen from the list, or the map, that has the element.
  @inline(never)
  func within(element index: Int) -> JSONFailure {
    var failure = self
    failure.elements = "[\(index)]" + elements
    return failure
  }

  /// The error that the caller gets; `beginning` says what could not be done.
  func error(_ beginning: String) -> MessageCodingError {
    MessageCodingError("\(beginning): \(reason)", fieldPath: elements.isEmpty ? path : [elements] + path)
  }
}
