/// The modules that a file in the making mentions: what it has to import.
///
/// A class, so that whoever asks for a name need not hand it on.
final class ModuleUse {
  /// The module that the file is for; nil where it has no name.
  let own: String?
  /// Whether declarations mention the module, or only the code in them does.
  private(set) var modules: [String: Bool] = [:]

  init(own: String?) { self.own = own }

  /// Notes that a module is mentioned.
  ///
  /// - Parameter isDeclaration: whether a declaration mentions it: of an import that is public for nothing Swift warns.
  func insert(_ module: String, inDeclaration isDeclaration: Bool = true) {
    guard module != own, module != "Swift" else { return }
    modules[module] = isDeclaration || modules[module] == true
  }
}
