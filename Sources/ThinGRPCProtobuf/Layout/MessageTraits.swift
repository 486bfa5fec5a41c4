/// What libprotobuf-c leaves to do for messages of a type, on its own or in one that it can hold.
struct MessageTraits: OptionSet, Sendable {
  let rawValue: UInt8

  /// A field that must be there.
  static let hasRequiredFields = MessageTraits(rawValue: 1)
  /// An enum that has no other values than those with names.
  static let hasClosedEnums = MessageTraits(rawValue: 2)
  /// A message between two tags.
  static let hasGroups = MessageTraits(rawValue: 4)
  /// A packed field of varints.
  static let hasPackedNumbers = MessageTraits(rawValue: 8)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(of fields: [FieldLayout]) {
    self = []
    for field in fields {
      if field.shape == .required { insert(.hasRequiredFields) }
      if case .enumeration(let type) = field.target, type.isClosed { insert(.hasClosedEnums) }
      if field.kind == .group { insert(.hasGroups) }
      if field.shape == .packed, field.kind.wireType == .varint { insert(.hasPackedNumbers) }
    }
  }
}
