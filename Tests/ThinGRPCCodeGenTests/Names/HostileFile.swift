@testable import ThinGRPCCodeGen

/// A .proto file of hostile names, as the protocol compiler hands it to the generator.
///
/// Written by hand: protoc refuses some of the names that other compilers of .proto files let pass, and takes its time.
struct HostileFile {
  private(set) var words: HostileWords
  private let package: String
  private let isProto3: Bool
  /// Whether the last field of each message, value of each enum and method of each service is not there yet.
  private let isEarlier: Bool
  private var messages: [Reference] = []
  private var enums: [Reference] = []

  /// A message or an enum that fields can have.
  private struct Reference {
    let name: String
    /// Of an enum: the names of its values.
    var values: [String] = []
  }

  init(seed: UInt64, isProto3: Bool, isEarlier: Bool = false) {
    words = HostileWords(seed: seed)
    self.isEarlier = isEarlier
    self.isProto3 = isProto3
    package = isProto3 ? "hostile.three" : "hostile.two"
  }

  /// A request for the file alone.
  static func request(seed: UInt64, isProto3: Bool, messages: Int, parameter: String = "Mocks=true")
    -> [UInt8]
  {
    var file = HostileFile(seed: seed, isProto3: isProto3)
    let descriptor = file.descriptor(messages: messages)
    var request = WireOutput()
    request.append(file.path.utf8, field: 1)
    request.append(parameter.utf8, field: 2)
    request.append(descriptor, field: 15)
    return request.bytes
  }

  var path: String { isProto3 ? "three.proto" : "two.proto" }

  /// The encoded file.
  mutating func descriptor(messages count: Int) -> [UInt8] {
    var file = WireOutput()
    file.append(path.utf8, field: 1)
    file.append(package.utf8, field: 2)
    var taken: Set<String> = []
    for _ in 0...(count / 4) { file.append(enumeration("", &taken), field: 5) }
    for _ in 0..<count { file.append(message("", &taken, depth: 0), field: 4) }
    for _ in 0...(count / 5) { file.append(service(&taken), field: 6) }
    if !isProto3 {
      for number in 1...count {
        file.append(field(&taken, number, extending: words.one(of: messages).name), field: 7)
      }
    }
    if isProto3 { file.append("proto3".utf8, field: 12) }
    return file.bytes
  }

  private mutating func message(_ scope: String, _ taken: inout Set<String>, depth: Int) -> [UInt8] {
    let name = words.name(&taken)
    let fullName = "\(scope).\(name)"
    var inside: Set<String> = []
    var message = WireOutput()
    message.append(name.utf8, field: 1)
    messages.append(Reference(name: fullName))
    if depth < 2 {
      for _ in 0..<words.number(0...2) {
        message.append(self.message(fullName, &inside, depth: depth + 1), field: 3)
      }
      for _ in 0..<words.number(0...2) { message.append(enumeration(fullName, &inside), field: 4) }
    }
    var number = 1
    var fields: [[UInt8]] = []
    let oneofs = words.number(0...2)
    for oneof in 0..<oneofs {
      for _ in 0..<words.number(1...3) {
        fields.append(field(&inside, number, oneof: oneof))
        number += 1
      }
    }
    // Now and then so many that they are stored in another way.
    for _ in 0..<(words.number(0...9) == 0 ? 40 : words.number(0...7)) {
      fields.append(field(&inside, number))
      number += words.number(1...3)
    }
    for field in isEarlier ? fields.dropLast() : fields[...] { message.append(field, field: 2) }
    for _ in 0..<oneofs {
      var oneof = WireOutput()
      oneof.append(words.name(&inside).utf8, field: 1)
      message.append(oneof.bytes, field: 8)
    }
    if !isProto3, words.isHeads() {
      let extendee = words.one(of: messages).name
      for number in 101...103 { message.append(field(&inside, number, extending: extendee), field: 6) }
    }
    return message.bytes
  }

  private mutating func field(
    _ taken: inout Set<String>, _ number: Int, oneof: Int? = nil, extending extendee: String? = nil
  ) -> [UInt8] {
    var field = WireOutput()
    field.append(words.name(&taken).utf8, field: 1)
    if let extendee { field.append(".\(package)\(extendee)".utf8, field: 2) }
    field.append(number: UInt64(number), field: 3)
    let isRepeated = oneof == nil && words.number(0...3) == 0
    field.append(number: isRepeated ? 3 : 1, field: 4)
    switch words.number(0...3) {
    case 0:
      field.append(number: 11, field: 5)
      field.append(".\(package)\(words.one(of: messages).name)".utf8, field: 6)
    case 1:
      let type = words.one(of: enums)
      field.append(number: 14, field: 5)
      field.append(".\(package)\(type.name)".utf8, field: 6)
      if !isProto3, !isRepeated { field.append(words.one(of: type.values).utf8, field: 7) }
    default: field.append(number: UInt64(words.one(of: [1, 2, 3, 4, 5, 8, 9, 12, 13])), field: 5)
    }
    if let oneof { field.append(number: UInt64(oneof), field: 9) }
    if words.number(0...9) == 0 {
      var options = WireOutput()
      options.append(number: 1, field: 3)
      field.append(options.bytes, field: 8)
    }
    return field.bytes
  }

  private mutating func enumeration(_ scope: String, _ taken: inout Set<String>) -> [UInt8] {
    let name = words.name(&taken)
    var enumeration = WireOutput()
    enumeration.append(name.utf8, field: 1)
    var type = Reference(name: "\(scope).\(name)")
    let last = words.number(1...7)
    for index in 0...last {
      var value = WireOutput()
      // Values are named beside the enum, many of them with its name before their own.
      var valueName = words.name(&taken)
      if words.isHeads(), taken.insert("\(name)_\(valueName)").inserted { valueName = "\(name)_\(valueName)" }
      value.append(valueName.utf8, field: 1)
      // Two of one number now and then, as with `allow_alias`, and negative ones.
      let number = index == 0 ? 0 : index == last ? 10 : words.number(-3...9)
      value.append(number: UInt64(bitPattern: Int64(number)), field: 2)
      if !isEarlier || index < last { enumeration.append(value.bytes, field: 2) }
      type.values.append(valueName)
    }
    enums.append(type)
    return enumeration.bytes
  }

  private mutating func service(_ taken: inout Set<String>) -> [UInt8] {
    var service = WireOutput()
    // Some are called as a message is, but for the end.
    let ends = ["Client", "Service", "Methods", "Mock", "ClientProtocol"]
    let message = messages.last.map { String($0.name.split(separator: ".").last ?? "") } ?? ""
    let stem = ends.first { message.hasSuffix($0) }.map { String(message.dropLast($0.count)) } ?? ""
    let isLikeMessage = !stem.isEmpty && taken.insert(stem).inserted
    service.append((isLikeMessage ? stem : words.name(&taken)).utf8, field: 1)
    var methods: Set<String> = []
    let last = words.number(1...6)
    for index in 0...last {
      var method = WireOutput()
      method.append(words.name(&methods).utf8, field: 1)
      for number: UInt64 in [2, 3] {
        method.append(".\(package)\(words.one(of: messages).name)".utf8, field: number)
      }
      for number: UInt64 in [5, 6] where words.isHeads() { method.append(number: 1, field: number) }
      if !isEarlier || index < last { service.append(method.bytes, field: 2) }
    }
    return service.bytes
  }
}
