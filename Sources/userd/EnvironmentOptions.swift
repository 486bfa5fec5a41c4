/// Options that can be given in the environment too: `--log-level` as `USERD_LOG_LEVEL`.
struct EnvironmentOptions {
  /// What the variables' names start with.
  let prefix: String
  /// The options that have a value, without their dashes.
  let options: [String]
  /// Those that have none: `1` and `true` give them, `0` and `false` do not.
  var flags: [String] = []

  /// The arguments, preceded by the options that only the environment has.
  ///
  /// They become arguments, so that they are parsed, checked and reported like any. An empty variable counts as not
  /// set; commas separate the values of a repeatable option.
  func adding(to arguments: [String], from environment: [String: String]) -> [String] {
    // Whoever asks for help may do so because of what the environment has.
    if arguments.contains(where: ["--help", "-h", "--version"].contains) { return arguments }
    func value(of option: String) -> String? {
      let variable = "\(prefix)_\(option.uppercased().replacing("-", with: "_"))"
      guard let value = environment[variable], !value.isEmpty,
        !arguments.contains(where: { $0 == "--\(option)" || $0.hasPrefix("--\(option)=") })
      else { return nil }
      return value
    }
    let addedFlags = flags.compactMap { flag -> String? in
      switch value(of: flag)?.lowercased() {
      case nil, "0", "false": nil
      case "1", "true": "--\(flag)"
      // Refused as a flag with a value is.
      case let other?: "--\(flag)=\(other)"
      }
    }
    let added = options.flatMap { option -> [String] in
      guard let value = value(of: option) else { return [] }
      let values =
        option == "listen"
        ? value.split(separator: ",", omittingEmptySubsequences: false).map(String.init) : [value]
      return values.map { "--\(option)=\($0)" }
    }
    return added + addedFlags + arguments
  }
}
