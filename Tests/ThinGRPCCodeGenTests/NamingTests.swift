import Testing

@testable import ThinGRPCCodeGen

@Suite struct NamingTests {
  @Test(
    "Fields are named as in Swift",
    arguments: [
      ("created_at", "createdAt"), ("user_id", "userID"), ("id", "id"), ("http_url", "httpURL"),
      ("camelCase", "camelCase"), ("UPPER_CASE", "upperCase"), ("with2digits", "with2Digits"),
      ("self", "selfField"), ("unknown_fields", "unknownFieldsField"), ("_1st", "_1St"),
    ])
  func properties(field: String, property: String) {
    #expect(propertyName(field) == property)
  }
}
