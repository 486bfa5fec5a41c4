internal import CGRPCShim
internal import Glibc

/// The `grpc_channel_args` of a channel or server: settings by the core's own names.
package struct ChannelArguments: Sendable {
  package enum Value: Hashable, Sendable {
    case integer(Int32)
    case string(String)
  }

  private var values: [(name: String, value: Value)] = []
  /// What the transport may take for connections, calls and messages in all, in bytes (`grpc.resource_quota`). Nil: no limit.
  package var memoryQuotaByteCount: Int?

  package init() {}

  /// Sets an argument, in place of what it was before.
  ///
  /// - Parameter name: the argument's name in `grpc_types.h`, such as `grpc.max_receive_message_length`.
  package mutating func set(_ name: String, _ value: Value) {
    values.removeAll { $0.name == name }
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
    let quota = unsafe memoryQuotaByteCount.map { byteCount in
      let quota = unsafe grpc_resource_quota_create("server")
      unsafe grpc_resource_quota_resize(quota, max(0, byteCount))
      return unsafe quota
    }
    if let quota = unsafe quota ?? nil {
      var argument = unsafe grpc_arg()
      unsafe argument.type = GRPC_ARG_POINTER
      unsafe argument.key = keep(GRPC_ARG_RESOURCE_QUOTA)
      unsafe argument.value.pointer.p = UnsafeMutableRawPointer(quota)
      unsafe argument.value.pointer.vtable = grpc_resource_quota_arg_vtable()
      unsafe arguments.append(argument)
    }
    // Who is given the arguments has a reference of its own.
    defer { if let quota = unsafe quota ?? nil { unsafe grpc_resource_quota_unref(quota) } }
    return unsafe arguments.withUnsafeMutableBufferPointer { buffer in
      var all = unsafe grpc_channel_args(num_args: buffer.count, args: buffer.baseAddress)
      return unsafe body(&all)
    }
  }
}
