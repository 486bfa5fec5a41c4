/// Where the fields of a message lie in its C image.
///
/// After the 24 bytes of `ProtobufCMessage` each field has a slot, in the order of the numbers, at a multiple of 8.
/// What a slot holds is written at `FieldLayout` in ThinGRPCProtobuf, which must agree with this.
struct ImageSlots {
  private var fields: [Int: Int] = [:]
  private var oneofs: [Int: Int] = [:]
  let byteCount: Int

  init(_ message: MessageDeclaration) {
    var end = 24
    for field in message.fields.sorted(by: { $0.number < $1.number }) {
      if let index = field.oneofIndex {
        if oneofs[index] == nil {
          oneofs[index] = end
          let members = message.fields.filter { $0.oneofIndex == index }
          end += 8 + (members.map(\.type.imageByteCount).max() ?? 8)
        }
        fields[field.number] = oneofs[index]
      } else {
        fields[field.number] = end
        end += field.slotByteCount
      }
    }
    byteCount = end
  }

  func field(_ field: FieldDeclaration) -> Int { fields[field.number] ?? 0 }

  func oneof(_ oneof: OneofDeclaration) -> Int { oneofs[oneof.index] ?? 0 }
}

extension FieldDeclaration {
  fileprivate var slotByteCount: Int {
    switch (cardinality, type) {
    case (.repeated, _): 16
    case (_, .message): 8
    case (_, .scalar(let scalar)) where scalar.byteCount == 4: 8
    case (_, .enumeration): 8
    case (_, .scalar): 8 + type.imageByteCount
    }
  }
}

extension ScalarOrReference {
  /// The bytes of a value in the image, rounded up to 8.
  fileprivate var imageByteCount: Int {
    switch self {
    case .scalar(let scalar): max(scalar.byteCount, 8)
    case .message, .enumeration: 8
    }
  }
}
