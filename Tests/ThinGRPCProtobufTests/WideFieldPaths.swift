import GoldenProtos
import ThinGRPCProtobuf

/// The properties of `Wide`, by kind; the field of the index `n` has the number of its kind plus 20 n.
enum WideFieldPaths {
  static let texts: [any WritableKeyPath<Wide, String> & Sendable] = [
    \.text0, \.text1, \.text2, \.text3, \.text4, \.text5, \.text6,
  ]
  static let maybeTexts: [any WritableKeyPath<Wide, String> & Sendable] = [
    \.maybeText0, \.maybeText1, \.maybeText2, \.maybeText3, \.maybeText4, \.maybeText5, \.maybeText6,
  ]
  static let numbers: [any WritableKeyPath<Wide, Int32> & Sendable] = [
    \.number0, \.number1, \.number2, \.number3, \.number4, \.number5, \.number6,
  ]
  static let maybeNumbers: [any WritableKeyPath<Wide, Int64> & Sendable] = [
    \.maybeNumber0, \.maybeNumber1, \.maybeNumber2, \.maybeNumber3, \.maybeNumber4, \.maybeNumber5,
    \.maybeNumber6,
  ]
  static let ratios: [any WritableKeyPath<Wide, Double> & Sendable] = [
    \.ratio0, \.ratio1, \.ratio2, \.ratio3, \.ratio4, \.ratio5, \.ratio6,
  ]
  static let flags: [any WritableKeyPath<Wide, Bool> & Sendable] = [
    \.flag0, \.flag1, \.flag2, \.flag3, \.flag4, \.flag5, \.flag6,
  ]
  static let kinds: [any WritableKeyPath<Wide, Wide.Kind> & Sendable] = [
    \.kind0, \.kind1, \.kind2, \.kind3, \.kind4, \.kind5, \.kind6,
  ]
  static let maybeKinds: [any WritableKeyPath<Wide, Wide.Kind> & Sendable] = [
    \.maybeKind0, \.maybeKind1, \.maybeKind2, \.maybeKind3, \.maybeKind4, \.maybeKind5, \.maybeKind6,
  ]
  static let data: [any WritableKeyPath<Wide, [UInt8]> & Sendable] = [
    \.data0, \.data1, \.data2, \.data3, \.data4, \.data5, \.data6,
  ]
  static let inners: [any WritableKeyPath<Wide, Wide.Inner> & Sendable] = [
    \.inner0, \.inner1, \.inner2, \.inner3, \.inner4, \.inner5, \.inner6,
  ]
  static let textLists: [any WritableKeyPath<Wide, [String]> & Sendable] = [
    \.texts0, \.texts1, \.texts2, \.texts3, \.texts4, \.texts5, \.texts6,
  ]
  static let numberLists: [any WritableKeyPath<Wide, [Int32]> & Sendable] = [
    \.numbers0, \.numbers1, \.numbers2, \.numbers3, \.numbers4, \.numbers5, \.numbers6,
  ]
  static let innerLists: [any WritableKeyPath<Wide, [Wide.Inner]> & Sendable] = [
    \.inners0, \.inners1, \.inners2, \.inners3, \.inners4, \.inners5, \.inners6,
  ]
  static let maps: [any WritableKeyPath<Wide, [String: Wide.Inner]> & Sendable] = [
    \.named0, \.named1, \.named2, \.named3, \.named4, \.named5, \.named6,
  ]
  static let words: [any WritableKeyPath<Wide, String> & Sendable] = [
    \.word0, \.word1, \.word2, \.word3, \.word4, \.word5, \.word6,
  ]
  static let chosen: [any WritableKeyPath<Wide, Wide.Inner> & Sendable] = [
    \.chosen0, \.chosen1, \.chosen2, \.chosen3, \.chosen4, \.chosen5, \.chosen6,
  ]
  static let marks: [any WritableKeyPath<Wide, UInt64> & Sendable] = [
    \.mark0, \.mark1, \.mark2, \.mark3, \.mark4, \.mark5, \.mark6,
  ]

  /// Sets one field of an empty message, with the field's number and its bytes behind the tag: each field of a block of numbers.
  static func changes(_ index: Int) -> [(
    number: Int, wireType: Int, content: [UInt8], change: (inout Wide) -> Void
  )] {
    [
      (1, 2, [1, 97], { $0[keyPath: texts[index]] = "a" }),
      (2, 2, [0], { $0[keyPath: maybeTexts[index]] = "" }),
      (3, 0, [7], { $0[keyPath: numbers[index]] = 7 }),
      (4, 0, [0], { $0[keyPath: maybeNumbers[index]] = 0 }),
      (5, 1, [0, 0, 0, 0, 0, 0, 0xd0, 0x3f], { $0[keyPath: ratios[index]] = 0.25 }),
      (6, 0, [1], { $0[keyPath: flags[index]] = true }),
      (7, 0, [1], { $0[keyPath: kinds[index]] = .round }),
      (8, 0, [9], { $0[keyPath: maybeKinds[index]] = Wide.Kind(rawValue: 9) }),
      (9, 2, [2, 0, 255], { $0[keyPath: data[index]] = [0, 255] }),
      (10, 2, [0], { $0[keyPath: inners[index]] = Wide.Inner() }),
      (11, 2, [1, 98], { $0[keyPath: textLists[index]].append("b") }),
      (12, 2, [1, 5], { $0[keyPath: numberLists[index]].append(5) }),
      (13, 2, [2, 16, 9], { $0[keyPath: innerLists[index]] = [.with { $0.size = 9 }] }),
      (14, 2, [5, 10, 1, 107, 18, 0], { $0[keyPath: maps[index]]["k"] = Wide.Inner() }),
      (15, 2, [0], { $0[keyPath: words[index]] = "" }),
      (16, 2, [2, 16, 4], { $0[keyPath: chosen[index]].size = 4 }),
      (17, 1, [1, 0, 0, 0, 0, 0, 0, 0], { $0[keyPath: marks[index]] = 1 }),
    ]
  }
}
