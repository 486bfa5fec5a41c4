internal import Glibc

/// The process's environment.
package enum EnvironmentVariable {
  /// The value of a variable, also if it is empty; nil if it is not set (`getenv`).
  package static func value(of name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
