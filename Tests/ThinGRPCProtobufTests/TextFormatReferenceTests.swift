import Foundation
import GoldenProtos
import Testing
import ThinGRPC
import ThinGRPCProtobuf

/// Google's own text format, in protoc, reads what is written here and writes what is read here.
@Suite struct TextFormatReferenceTests {
  @Test("protoc and this library understand each other's text", arguments: 1...12)
  func random(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    try compare(Scalars(random: &random), "scalars.proto")
    try compare(RepeatedScalars(random: &random), "scalars.proto")
    try compare(Maps(random: &random), "shapes.proto")
    try compare(Tree(random: &random, depth: 4), "shapes.proto")
    try compare(Choices(random: &random), "shapes.proto")
  }

  @Test(
    "Unknown fields have the text that protoc gives them",
    arguments: [
      "0801", "3d01020304", "39 0102030405060708", "0a00", "0a020801", "0a03616263", "0a0408011005",
      "0a06 0a04 0a02 0801", "0a020001 1205 68656c6c6f 1801 22027b7d", "0a0a 41414141414141414141",
    ])
  func unknownFields(encoded: String) throws {
    let message = try Empty(serializedBytes: bytes(encoded))
    let text = try message.textFormatString(options: TextFormatEncodingOptions(printsUnknownFields: true))
    #expect(
      try text
        == String(decoding: protoc("--decode=golden.Empty", "shapes.proto", bytes(encoded)), as: UTF8.self))
  }

  private func compare<Message: ProtobufMessage>(_ message: Message, _ file: String) throws {
    let name = Message.protoTypeName
    for isSingleLine in [false, true] {
      let text = try message.textFormatString(options: TextFormatEncodingOptions(singleLine: isSingleLine))
      #expect(try Message(textFormatString: text) == message)
      let encoded = try protoc("--encode=\(name)", file, Array(text.utf8))
      #expect(try Message(serializedBytes: encoded) == message)
    }
    let text = try protoc("--decode=\(name)", file, message.serializedBytes())
    #expect(try Message(textFormatString: String(decoding: text, as: UTF8.self)) == message)
  }

  private func protoc(_ argument: String, _ file: String, _ input: [UInt8]) throws -> [UInt8] {
    let folder = FileManager.default.temporaryDirectory.appending(path: "text-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (inputFile, outputFile) = (folder.appending(path: "input"), folder.appending(path: "output"))
    try Data(input).write(to: inputFile)
    try Data().write(to: outputFile)
    let protos = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ThinGRPCCodeGenTests/Golden/protos")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["protoc", "-I", protos.path, argument, "golden/\(file)"]
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try [UInt8](Data(contentsOf: outputFile))
  }
}

extension Scalars {
  fileprivate init(random: inout SeededGenerator) {
    self.init()
    doubleValue = random.double()
    floatValue = random.float()
    int32Value = Int32(truncatingIfNeeded: random.next())
    int64Value = Int64(truncatingIfNeeded: random.next())
    uint32Value = UInt32(truncatingIfNeeded: random.next())
    uint64Value = random.next()
    sint32Value = Int32(truncatingIfNeeded: random.next())
    sint64Value = Int64(truncatingIfNeeded: random.next())
    fixed32Value = UInt32(truncatingIfNeeded: random.next())
    fixed64Value = random.next()
    sfixed32Value = Int32(truncatingIfNeeded: random.next())
    sfixed64Value = Int64(truncatingIfNeeded: random.next())
    boolValue = Bool.random(using: &random)
    stringValue = random.text()
    bytesValue = random.bytes()
  }
}

extension RepeatedScalars {
  fileprivate init(random: inout SeededGenerator) {
    self.init()
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      let scalars = Scalars(random: &random)
      doubleValues.append(scalars.doubleValue)
      floatValues.append(scalars.floatValue)
      int32Values.append(scalars.int32Value)
      int64Values.append(scalars.int64Value)
      uint32Values.append(scalars.uint32Value)
      uint64Values.append(scalars.uint64Value)
      boolValues.append(scalars.boolValue)
      stringValues.append(scalars.stringValue)
      bytesValues.append(scalars.bytesValue)
    }
  }
}

extension Maps {
  fileprivate init(random: inout SeededGenerator) {
    self.init()
    for _ in 0..<5 {
      labels[random.text()] = random.text()
      numbers[Int32(truncatingIfNeeded: random.next())] = Int64(truncatingIfNeeded: random.next())
      switches[Bool.random(using: &random)] = random.double()
      blobs[random.next()] = random.bytes()
      colors[Int32.random(in: -2...2, using: &random)] = Color(rawValue: .random(in: -3...6, using: &random))
      leaves[random.next()] = .with { $0.name = random.text() }
      trees[random.text()] = Tree(random: &random, depth: 2)
      floats[Int32(truncatingIfNeeded: random.next())] = random.float()
    }
  }
}

extension Tree {
  fileprivate init(random: inout SeededGenerator, depth: Int) {
    self.init()
    if Bool.random(using: &random) { leaf = .with { $0.size = Int32.random(in: -1...1, using: &random) } }
    guard depth > 0 else { return }
    if Bool.random(using: &random) { left = Tree(random: &random, depth: depth - 1) }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      others.append(Tree(random: &random, depth: depth - 1))
      named[random.text()] = Tree(random: &random, depth: depth - 1)
    }
    link = Bool.random(using: &random) ? .next(Tree(random: &random, depth: depth - 1)) : .end(random.text())
  }
}

extension Choices {
  fileprivate init(random: inout SeededGenerator) {
    self.init()
    choice =
      [
        .text(random.text()), .data(random.bytes()), .flag(false), .ratio(random.double()), .color(.negative),
        .leaf(Leaf()), .number(0), .big(random.next()), nil,
      ].randomElement(using: &random) ?? nil
    second =
      [.left(0), .right(Int64(truncatingIfNeeded: random.next())), nil].randomElement(using: &random) ?? nil
    note = random.text()
  }
}
