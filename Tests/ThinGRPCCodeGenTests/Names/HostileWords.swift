@testable import ThinGRPCCodeGen

/// Draws names that are valid in .proto files and meet in Swift: each other, Swift's own, and those that generated code has.
struct HostileWords: RandomNumberGenerator {
  /// Repeats what is drawn.
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func isHeads() -> Bool { Bool.random(using: &self) }

  mutating func one<Element>(of elements: [Element]) -> Element {
    elements[number(0...(elements.count - 1))]
  }

  /// A name that is not among `taken`, and is from then on.
  mutating func name(_ taken: inout Set<String>) -> String {
    while true {
      let candidate = name()
      if taken.insert(candidate).inserted { return candidate }
    }
  }

  private mutating func name() -> String {
    if number(0...9) == 0 {
      return one(of: [
        "_", "__", "___", "_1", "__1", "_1_", "_a", "_A", "A_1", "a1", "a_2", "_read0", "_write0",
      ])
    }
    // Of few words, so that many of the names meet.
    var words = (0..<number(1...2)).map { _ in
      number(0...2) == 0 ? one(of: Self.stems) : one(of: Self.reserved)
    }
    if number(0...4) == 0 { words.insert(one(of: ["has", "clear", "on"]), at: 0) }
    switch number(0...5) {
    case 0: return words.joined(separator: "_")
    case 1: return words.joined(separator: "_").uppercased()
    case 2: return words.map { capitalizedFirst($0) }.joined()
    case 3: return words[0] + words.dropFirst().map { capitalizedFirst($0) }.joined()
    case 4: return "_" + words.joined(separator: "__")
    default:
      return words.joined(separator: "_")
        + one(of: ["_", "_1", "_2", "2", "_oneof", "Field", "_Message", "Service"])
    }
  }

  private static let stems = ["a", "b", "ab", "id", "url", "foo", "kind"]

  private static let reserved = """
    self Self init Type type Protocol Any any default in inout class struct enum func let var if switch case where return as try \
    throw throws nil true super static async open lazy some none get set \
    read modify new_value value raw_value description debug_description hash_value hash serialized_bytes encoded decoding json_string \
    with merge unknown_fields is_unset unset store load layout write image_byte_count slot_offset proto_type_name proto_names \
    proto_name is_closed reader writer fields left right member options context request requests response responses body channel \
    all rpc_methods Outcome Requests Fields Storage String Int32 Int64 UInt8 UInt32 UInt64 Bool Double Float Void Swift ThinGRPC \
    ThinGRPCProtobuf Array Optional Element Hashable Sendable Copyable Equatable KeyValuePairs AsyncSequence Channel CallOptions \
    ServerContext RPCMethod RPCService MethodDescriptor MessageLayout MessageReader UnknownFields ProtobufMessage CopyOnWrite \
    RawValue Client Service Methods Mock GoogleProtobuf WideFields
    """.split(separator: " ").map(String.init) + contextualKeywords.sorted()
}
