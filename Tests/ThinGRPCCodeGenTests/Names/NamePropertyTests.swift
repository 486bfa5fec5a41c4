import Foundation
import Testing

@testable import ThinGRPCCodeGen

/// Names that are drawn to meet. `NAMES_SEED` repeats what a failure tells the seed of.
@Suite struct NamePropertyTests {
  private let seed: UInt64 =
    ProcessInfo.processInfo.environment["NAMES_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...999_999)

  private func file(_ seed: UInt64, _ isProto3: Bool, isEarlier: Bool = false) throws -> FileDeclaration {
    var file = HostileFile(seed: seed, isProto3: isProto3, isEarlier: isEarlier)
    return try FileDeclaration(WireFields(file.descriptor(messages: 8)[...]))
  }

  @Test(
    "In no scope do two declarations have one name, nor two numbers of an enum", arguments: [false, true])
  func uniqueness(isProto3: Bool) throws {
    var scopes = 0
    for seed in seed..<seed + 100 {
      let file = try file(seed, isProto3)
      let index = try TypeIndex([file], ModuleMap(GeneratorOptions(), requested: [file.path]))
      for names in namesByScope(of: file, index) {
        scopes += 1
        let twice = Dictionary(grouping: names, by: { $0 }).filter { $0.value.count > 1 }.keys.sorted()
        #expect(twice.isEmpty, "seed \(seed)")
      }
      for declaration in file.allEnums {
        scopes += 1
        let numbers = Dictionary(
          grouping: zip(valueNames(of: declaration), declaration.values.map(\.number)), by: \.0)
        #expect(numbers.values.allSatisfy { Set($0.map(\.1)).count == 1 }, "seed \(seed)")
      }
    }
    #expect(scopes > 3_000)
  }

  /// The names of all scopes but those of enums.
  private func namesByScope(of file: FileDeclaration, _ index: TypeIndex) -> [[String]] {
    let services = file.services.flatMap { index.names(of: $0, in: file).all }
    let methods = file.services.map { $0.namedMethods.map(\.name) }
    let top = file.typesAtTop.compactMap { try? index.declaredName($0.fullName) }
    let members = file.allMessages.map { message in
      let names = index.names(in: message)
      let fields = message.fields.flatMap { field in
        let name = names.fields[field.number] ?? ""
        let isAlone = field.hasPresence && field.oneofIndex == nil
        return [name, "_\(name)"] + (isAlone ? [hasName(of: name), clearName(of: name)] : [])
      }
      let types = Array(names.types.values) + names.oneofs.values.map(\.type)
      return fields + types + names.oneofs.values.map(\.property) + [
        "unknownFields", "hashValue", "debugDescription",
      ]
    }
    let extensions = file.allMessages.map { message in
      let names = index.names(in: message)
      let declared = message.extensions + file.extensions.filter { $0.extendee == message.fullName }
      return declared.map(index.name) + names.allTypes + ["layout", "with", "unset", "protoTypeName"]
    }
    return members + extensions + methods + [top + services]
  }

  @Test("What is added at the end renames nothing that was there", arguments: [false, true])
  func stability(isProto3: Bool) throws {
    for seed in seed..<seed + 100 {
      let (before, after) = try (file(seed, isProto3, isEarlier: true), file(seed, isProto3))
      for (before, after) in zip(before.allMessages, after.allMessages) {
        let (before, after) = (MessageNames(before, outside: []), MessageNames(after, outside: []))
        for (number, name) in before.fields { #expect(after.fields[number] == name, "seed \(seed)") }
        for (index, name) in before.oneofs { #expect(after.oneofs[index] == name, "seed \(seed)") }
      }
      for (before, after) in zip(before.allEnums, after.allEnums) {
        for (value, (old, new)) in zip(before.values, zip(valueNames(of: before), valueNames(of: after))) {
          // Negative numbers come after all others, and give way to them.
          #expect(value.number < 0 || old == new, "seed \(seed)")
        }
      }
      for (before, after) in zip(before.services, after.services) {
        #expect(
          zip(before.namedMethods, after.namedMethods).allSatisfy { $0.name == $1.name }, "seed \(seed)")
      }
    }
  }

  @Test("Whatever the names, the code compiles without a warning, clients, services and mocks included")
  func compilation() throws {
    // Under a sanitizer the modules are others'.
    guard ProcessInfo.processInfo.environment["THINGRPC_SANITIZED"] == nil else { return }
    for isProto3 in [false, true] {
      let files = try generatedFiles(for: HostileFile.request(seed: seed, isProto3: isProto3, messages: 24))
      #expect(files.count == 3)
      #expect(try SwiftCompiler.complaints(about: files) == "", "seed \(seed)")
    }
  }
}

extension FileDeclaration {
  fileprivate var allMessages: [MessageDeclaration] { messages.flatMap(\.withNested) }
  fileprivate var allEnums: [EnumDeclaration] { enums + allMessages.flatMap(\.enums) }
}

extension MessageDeclaration {
  fileprivate var withNested: [MessageDeclaration] { [self] + messages.flatMap(\.withNested) }
}
