/// How a message becomes Swift: its names, types and the places of its fields in the C image.
struct MessagePlan {
  let declaration: MessageDeclaration
  let swiftName: String
  let fields: [FieldPlan]
  let oneofs: [OneofPlan]
  let imageByteCount: Int
  let storage: MessageStorage

  init(_ declaration: MessageDeclaration, _ types: TypeIndex) throws(GeneratorError) {
    self.declaration = declaration
    let slots = ImageSlots(declaration)
    imageByteCount = slots.byteCount
    storage = types.storage(of: declaration)
    swiftName = try types.declaredName(declaration.fullName)

    let names = types.names(in: declaration)
    var oneofs: [Int: OneofPlan] = [:]
    for oneof in declaration.oneofs {
      guard let name = names.oneofs[oneof.index] else { continue }
      oneofs[oneof.index] = OneofPlan(declaration: oneof, name: name, offset: slots.oneof(oneof))
    }
    self.oneofs = declaration.oneofs.compactMap { oneofs[$0.index] }

    var fields: [FieldPlan] = []
    for field in declaration.fields {
      fields.append(
        try FieldPlan(
          field, of: declaration, name: names.fields[field.number] ?? field.name,
          offset: slots.field(field),
          oneof: field.oneofIndex.flatMap { oneofs[$0] }, types))
    }
    self.fields = fields
  }
}

extension MessagePlan {
  var isStoredApart: Bool { storage == .apart }

  /// What leads to the stored properties, with the dot.
  var place: String { isStoredApart ? "_fields.value." : "" }

  func members(of oneof: OneofPlan) -> [FieldPlan] {
    fields.filter { field in
      if case .member(oneof.name, _) = field.storage { true } else { false }
    }
  }
}

extension FieldPlan {
  init(
    _ field: FieldDeclaration, of message: MessageDeclaration, name: String, offset: Int, oneof: OneofPlan?,
    _ types: TypeIndex
  ) throws(GeneratorError) {
    declaration = field
    self.name = name
    self.offset = offset
    let place = "\(field.name) = \(field.number) at \(offset)" + (try field.jsonNameInRow())

    if case .message(let type) = field.type, let entry = types.message(type), entry.isMapEntry,
      let key = entry.fields.first(where: { $0.number == 1 })?.type,
      let value = entry.fields.first(where: { $0.number == 2 })?.type
    {
      swiftType = try "[\(key.swiftType(types)): \(value.swiftType(types))]"
      storage = .plain(default: "[:]")
      row = "map<\(key.rowType),\(value.rowType)> \(place)"
      messageTypes = try value.messageTypes(types)
      enumTypes = try value.enumTypes(types)
      return
    }

    let element = try field.type.swiftType(types)
    let unset = try field.unsetValue(types)
    let shape: String
    switch (field.cardinality, oneof) {
    case (.repeated, _):
      swiftType = "[\(element)]"
      storage = .plain(default: "[]")
      shape = field.isPacked ? "packed" : "repeated"
    case (_, let oneof?):
      swiftType = element
      storage = .member(of: oneof.name, default: unset)
      shape = "member"
    case (.implicit, nil):
      swiftType = element
      // A deprecated field is a computed property, so that generated code can use what is behind it.
      storage = .plain(default: unset)
      shape = "implicit"
    case (.explicit, nil), (.required, nil):
      swiftType = element
      storage = .optional(default: unset)
      shape = field.cardinality == .required ? "required" : "optional"
    }
    row = "\(shape) \(field.isGroup ? "group" : field.type.rowType) \(place)"
    messageTypes = try field.type.messageTypes(types)
    enumTypes = try field.type.enumTypes(types)
  }
}

extension FieldDeclaration {
  /// The end of the field's row, where the name in JSON is not the usual one.
  fileprivate func jsonNameInRow() throws(GeneratorError) -> String {
    guard let jsonName else { return "" }
    guard !jsonName.utf8.contains(UInt8(ascii: "\n")) else {
      throw GeneratorError("The name of the field \(name) in JSON has more than one line")
    }
    return " json \(jsonName)"
  }
}

extension ScalarOrReference {
  func swiftType(_ types: TypeIndex) throws(GeneratorError) -> String {
    switch self {
    case .scalar(.bytes): "[\(types.imported("UInt8", from: "Swift"))]"
    case .scalar(let scalar): types.imported(scalar.swiftType, from: "Swift")
    case .message(let name), .enumeration(let name): try types.swiftName(name)
    }
  }

  func swiftDefault(_ types: TypeIndex) throws(GeneratorError) -> String {
    switch self {
    case .scalar(let scalar): scalar.swiftDefault
    case .message(let name), .enumeration(let name): "\(try types.swiftName(name))()"
    }
  }

  /// The type in a row of the message's table.
  var rowType: String {
    switch self {
    case .scalar(let scalar): "\(scalar)"
    case .enumeration: "enum"
    case .message: "message"
    }
  }

  /// The type, if it is a message's.
  func messageTypes(_ types: TypeIndex) throws(GeneratorError) -> [String] {
    if case .message(let name) = self { [try types.swiftName(name)] } else { [] }
  }

  /// The type, if it is an enum's.
  func enumTypes(_ types: TypeIndex) throws(GeneratorError) -> [String] {
    if case .enumeration(let name) = self { [try types.swiftName(name)] } else { [] }
  }

  /// The type of an extension.
  func layoutType(_ types: TypeIndex) throws(GeneratorError) -> String {
    switch self {
    case .scalar(let scalar): ".\(scalar)"
    case .enumeration(let name): ".enumeration(\(try types.swiftName(name)).self)"
    case .message(let name): ".message(\(try types.swiftName(name)).self)"
    }
  }

  /// The same of a message that is a group.
  func groupType(_ types: TypeIndex) throws(GeneratorError) -> String {
    switch self {
    case .message(let name): ".group(\(try types.swiftName(name)).self)"
    case .scalar, .enumeration: try layoutType(types)
    }
  }
}
