internal import ThinGRPC

extension JSONWriter {
  /// The extensions that the registry has, with their full names in brackets.
  mutating func write(
    extensionsOf image: UnsafeRawPointer, _ isEmpty: inout Bool
  ) throws(JSONFailure) {
    let records = unsafe options.types.extensions(of: messageTable(of: image).pointee.name)
    if records.isEmpty { return }
    var failure: JSONFailure?
    do throws(MessageCodingError) {
      _ = try unsafe MessageReader(image, arena).unknownFields.withExtensions(records) { record, image in
        guard failure == nil, let field = unsafe record.layout.prepared.pointee.fields.baseAddress else {
          return
        }
        do throws(JSONFailure) {
          try unsafe write(
            field, FieldValues(of: field.pointee, in: image), &isEmpty, name: "[\(record.name)]")
        } catch let inner {
          failure = unsafe inner.within(field)
        }
      }
    } catch {
      throw JSONFailure("an extension", error)
    }
    if let failure { throw failure }
  }
}
