/// The modules that a file in the making mentions: what it has to import.
///
/// A class, so that whoever asks for a name need not hand it on.
final class ModuleUse {
  /// The module that the file is for; nil where it has no name.
  let own: String?
  private(set) var modules: Set<String> = []

  init(own: String?) { self.own = own }

  func insert(_ module: String) {
    if module != own, module != "Swift" { modules.insert(module) }
  }
}
