/// How one field of a message becomes Swift.
struct FieldPlan {
  enum Storage: Equatable {
    /// A stored property with a default value.
    case plain(default: String)
    /// A private optional behind a property with `has` and `clear`.
    case optional(default: String)
    /// A case of a oneof.
    case member(of: OneofPlan.Name, default: String)
  }

  let declaration: FieldDeclaration
  /// The property, without backticks.
  let name: String
  /// The property's type.
  let swiftType: String
  let storage: Storage
  /// Where the field's slot begins in the C image.
  let offset: Int
  /// The field's row in the table of the message (`FieldRows` in ThinGRPCProtobuf).
  let row: String
  /// The types of messages and enums that the row stands for.
  let messageTypes: [String]
  let enumTypes: [String]

  /// The stored property that holds the value: a private one where the field has presence or is deprecated.
  var storedName: String { isStoredPrivately ? "_\(name)" : escaped(name) }
}

/// How a oneof becomes Swift.
struct OneofPlan {
  struct Name: Equatable {
    /// The property, without backticks.
    let property: String
    /// The enum.
    let type: String

    /// The property where a value is meant, in its message: it may be called as a word of Swift, or as what a setter is handed.
    var value: String {
      property == "newValue" || contextualKeywords.contains(property) ? "self.\(property)" : escaped(property)
    }
  }

  let declaration: OneofDeclaration
  let name: Name
  let offset: Int
}
