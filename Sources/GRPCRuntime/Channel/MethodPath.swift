internal import CGRPCShim

/// The path of a method, such as `/userservice.UserService/GetUser`, in the form that the core takes: made once, shared by
/// all calls.
package final class MethodPath: Sendable {
  let slice: Slice
  package let string: String

  package init(_ string: String) {
    slice = Slice(copying: string)
    self.string = string
  }
}
