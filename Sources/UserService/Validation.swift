internal import ThinGRPCProtobuf
internal import UserProtos

/// The rules that requests are held to. Pure functions: each throws the refusal that names the field and why, and those of a whole
/// request one that names all fields which break a rule.
enum Validation {
  /// The longest e-mail address, in bytes (RFC 5321's limit of a path).
  static let emailByteLimit = 254
  /// The longest part before the `@`, in bytes (RFC 5321).
  static let localPartByteLimit = 64
  /// The longest label of a domain, in bytes (RFC 1035).
  static let domainLabelByteLimit = 63
  /// The longest name, in characters as people count them.
  static let nameCharacterLimit = 200
  /// The longest name, in bytes: one character can be built of any number of combining marks.
  static let nameByteLimit = 1_600
  /// The longest id, in bytes.
  static let idByteLimit = 128
  /// The longest filter, in bytes.
  static let filterByteLimit = 1_024

  static func check(_ request: CreateUserRequest) throws(Refusal) {
    var violations: [FieldViolation] = []
    violations.note { () throws(Refusal) in try checkEmail(request.email) }
    violations.note { () throws(Refusal) in try checkName(request.name) }
    violations.note { () throws(Refusal) in try checkPlan(request.plan) }
    try violations.refuse()
  }

  static func check(_ request: UpdateUserRequest) throws(Refusal) {
    var violations: [FieldViolation] = []
    violations.note { () throws(Refusal) in try checkID(request.id) }
    if request.hasEmail { violations.note { () throws(Refusal) in try checkEmail(request.email) } }
    if request.hasName { violations.note { () throws(Refusal) in try checkName(request.name) } }
    if request.hasPlan { violations.note { () throws(Refusal) in try checkPlan(request.plan) } }
    try violations.refuse()
  }

  /// A deletion needs an id only; the other fields are ignored then.
  static func check(_ update: UserUpdate) throws(Refusal) {
    guard !update.delete else { return try checkID(update.id) }
    var violations: [FieldViolation] = []
    violations.note { () throws(Refusal) in try checkID(update.id) }
    violations.note { () throws(Refusal) in try checkEmail(update.email) }
    violations.note { () throws(Refusal) in try checkName(update.name) }
    violations.note { () throws(Refusal) in try checkPlan(update.plan) }
    try violations.refuse()
  }

  static func check(_ request: ListUsersRequest) throws(Refusal) {
    var violations: [FieldViolation] = []
    violations.note { () throws(Refusal) in
      guard request.pageSize >= 0 else { throw .invalid("page_size", "must not be negative") }
    }
    violations.note { () throws(Refusal) in
      try checkText(request.filter, of: "filter", byteLimit: filterByteLimit)
    }
    violations.note { () throws(Refusal) in
      try checkText(request.pageToken, of: "page_token", byteLimit: idByteLimit)
    }
    try violations.refuse()
  }

  /// What is looked for. No e-mail address, name or id has a control character; SQLite would take a NUL for the end.
  private static func checkText(_ text: String, of field: String, byteLimit: Int) throws(Refusal) {
    guard text.utf8.count <= byteLimit else { throw .invalid(field, "is longer than \(byteLimit) bytes") }
    guard !hasControlCharacter(text) else { throw .invalid(field, "must not contain control characters") }
  }

  /// An id is 1 to 128 bytes of text without control characters.
  static func checkID(_ id: String) throws(Refusal) {
    guard !id.isEmpty else { throw .invalid("id", "must not be empty") }
    try checkText(id, of: "id", byteLimit: idByteLimit)
  }

  /// A name is 1 to 200 characters, not all of them white space, none of them a control character.
  static func checkName(_ name: String) throws(Refusal) {
    guard !name.allSatisfy(\.isWhitespace) else { throw .invalid("name", "must not be empty") }
    guard name.utf8.count <= nameByteLimit, name.count <= nameCharacterLimit else {
      throw .invalid("name", "is longer than \(nameCharacterLimit) characters")
    }
    guard !hasControlCharacter(name) else { throw .invalid("name", "must not contain control characters") }
  }

  static func checkPlan(_ plan: UserPlan) throws(Refusal) {
    switch plan {
    case .free, .pro, .enterprise: return
    case .unspecified: throw .invalid("plan", "must be given")
    default: throw .invalid("plan", "\(plan.rawValue) is not a plan")
    }
  }

  /// An e-mail address is `local@domain`.
  ///
  /// The local part is a dot-atom of RFC 5322: letters, digits and ``!#$%&'*+-/=?^_`{|}~``, with single dots
  /// between them. The domain is two or more labels of letters, digits and hyphens, none starting or ending with
  /// a hyphen. Letters and digits outside ASCII are accepted in both (RFC 6531). Quoted local parts and address
  /// literals are not.
  static func checkEmail(_ email: String) throws(Refusal) {
    guard !email.isEmpty else { throw .invalid("email", "must not be empty") }
    guard email.utf8.count <= emailByteLimit else {
      throw .invalid("email", "is longer than \(emailByteLimit) bytes")
    }
    let scalars = email.unicodeScalars
    guard let at = scalars.firstIndex(of: "@") else { throw .invalid("email", "has no @") }
    let local = scalars[..<at]
    guard String(local).utf8.count <= localPartByteLimit, isDotAtom(local, of: isLocalPart) else {
      throw .invalid("email", "has a malformed part before the @")
    }
    let domain = scalars[scalars.index(after: at)...]
    guard domain.contains("."), isDotAtom(domain, of: isDomainPart),
      domain.split(separator: ".").allSatisfy(isLabel)
    else { throw .invalid("email", "has a malformed domain") }
  }

  /// Whether the text is one or more non-empty runs of allowed scalars with single dots between them.
  private static func isDotAtom(
    _ text: Substring.UnicodeScalarView, of isAllowed: (Unicode.Scalar) -> Bool
  ) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { run in
      !run.isEmpty && run.allSatisfy(isAllowed)
    }
  }

  private static func isLabel(_ label: Substring.UnicodeScalarView) -> Bool {
    String(label).utf8.count <= domainLabelByteLimit && label.first != "-" && label.last != "-"
  }

  private static func isDomainPart(_ scalar: Unicode.Scalar) -> Bool {
    isLetterOrDigit(scalar) || scalar == "-"
  }

  private static func isLocalPart(_ scalar: Unicode.Scalar) -> Bool {
    isLetterOrDigit(scalar) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default:
      !scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || scalar.properties.generalCategory == .nonspacingMark)
    }
  }

  /// Unicode's control characters, category Cc, by their numbers: looking the category up took a tenth of an import.
  private static func hasControlCharacter(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
  }
}
