/// Why a user was not created.
public enum UserRefusal: Error, Equatable {
  /// A field is missing or senseless; the text says which.
  case malformed(String)
  /// Another user has the e-mail address.
  case emailTaken(String)
}
