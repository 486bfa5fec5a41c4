internal import CGRPCShim
internal import Glibc

/// The `grpc_channel_args` of a channel or server: settings by the core's own names.
package struct ChannelArguments: Sendable {
  package enum Value: Hashable, Sendable {
    case integer(Int32)
    case string(String)
  }

  private var values: [(name: String, value: Value)] = []

  package init() {}

  /// - Parameter name: the argument's name in `grpc_types.h`, such as `grpc.max_receive_message_length`.
  package mutating func set(_ name: String, _ value: Value) {
    values.append((name, value))
  }

  /// Calls `body` with the arguments in the core's form, valid until it returns: the core copies them.
  func withCoreArguments<Result>(_ body: (UnsafePointer<grpc_channel_args>) -> Result) -> Result {
    var strings: [UnsafeMutablePointer<CChar>?] = unsafe []
    defer { unsafe strings.forEach { unsafe free($0) } }
    func keep(_ string: String) -> UnsafeMutablePointer<CChar>? {
      let copy = unsafe strdup(string)
      unsafe strings.append(copy)
      return unsafe copy
    }
    var arguments: [grpc_arg] = unsafe []
    for (name, value) in values {
      var argument = unsafe grpc_arg()
      unsafe argument.key = keep(name)
      switch value {
      case .integer(let integer):
        unsafe argument.type = GRPC_ARG_INTEGER
        unsafe argument.value.integer = integer
      case .string(let string):
        unsafe argument.type = GRPC_ARG_STRING
        unsafe argument.value.string = keep(string)
      }
      unsafe arguments.append(argument)
    }
    return unsafe arguments.withUnsafeMutableBufferPointer { buffer in
      var all = unsafe grpc_channel_args(num_args: buffer.count, args: buffer.baseAddress)
      return unsafe body(&all)
    }
  }
}
