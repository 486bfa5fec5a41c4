internal import ShapeMessages
internal import ThinGRPCProtobuf

// What the messages of protos/shapes hold.

extension Small {
  static var sample: Small {
    .with {
      $0.id = 4_711
      $0.name = "Small one"
      $0.kind = 3
      $0.active = true
      $0.score = 0.25
    }
  }
}

extension Texts {
  static var sample: Texts {
    .with {
      $0.title = "On the encoding of messages, and what it costs"
      $0.author = "Wilhelmine von Hohenstein-Bärtels"
      $0.language = "de-AT"
      $0.summary = String(repeating: "Text is most of what services send to each other. ", count: 6)
      $0.keywords = [
        "protobuf", "encoding", "decoding", "performance", "Größe", "memory", "C", "Swift", "arena", "UTF-8",
      ]
      $0.paragraphs = (1...8).map { number in
        "Paragraph \(number). "
          + String(repeating: "A sentence of a usual length, neither short nor long. ", count: number)
          + (number % 4 == 0 ? "Übergrößenträger." : "")
      }
    }
  }
}

extension Numbers {
  static var sample: Numbers {
    .with {
      $0.counts = (0..<100).map { $0 * $0 }
      $0.differences = (0..<100).map { $0 % 2 == 0 ? $0 * 1_000 : -$0 * 1_000_000 }
      $0.marks = (0..<100).map { 1 << ($0 % 64) }
      $0.samples = (0..<100).map { Double($0) / 7 }
      $0.hashes = (0..<100).map { $0 &* 2_654_435_761 }
      $0.flags = (0..<100).map { $0 % 3 == 0 }
    }
  }
}

extension Order {
  static var sample: Order {
    .with {
      $0.id = "order-20261124-0017"
      $0.customer = .with {
        $0.id = 99
        $0.name = "Ada Lovelace"
        $0.address = .with {
          $0.street = "12 St James's Square"
          $0.city = "London"
          $0.country = .with {
            $0.code = "GB"
            $0.callingCode = 44
          }
        }
      }
      $0.lines = (Int32(1)...6).map { number in
        .with {
          $0.quantity = number
          $0.product = .with {
            $0.id = 1_000 + Int64(number)
            $0.name = "Product \(number)"
            $0.price = .sample(number)
          }
          $0.price = .sample(number * number)
        }
      }
    }
  }
}

extension Price {
  static func sample(_ units: Int32) -> Price {
    .with {
      $0.units = Int64(units)
      $0.nanos = 990_000_000
    }
  }
}

extension Maps {
  static var sample: Maps {
    .with {
      for number in Int32(1)...16 {
        $0.labels["label-\(number)"] = "the value of label \(number)"
        $0.counts[number * 7] = Int64(number) << 20
        $0.prices["item-\(number)"] = .sample(number)
      }
    }
  }
}

extension Blob {
  static var sample: Blob {
    .with { $0.content = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) } }
  }
}
