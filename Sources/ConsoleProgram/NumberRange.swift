internal import ArgumentParser
internal import Foundation

/// The numbers that an option takes. It says them in the help and in the error.
package struct NumberRange<Number: Comparable & LosslessStringConvertible & Sendable>: Sendable {
  package let range: ClosedRange<Number>

  package init(_ range: ClosedRange<Number>) {
    self.range = range
  }

  /// The number in an argument.
  ///
  /// - Throws: `ValidationError` for what is no number, or none of these.
  package func parse(_ argument: String) throws -> Number {
    guard let number = Number(argument), range.contains(number) else {
      throw ValidationError("a number from \(self) is needed")
    }
    return number
  }
}

extension NumberRange: CustomStringConvertible {
  /// The bounds, as "1 to 100".
  package var description: String {
    "\(Self.text(of: range.lowerBound)) to \(Self.text(of: range.upperBound))"
  }

  /// Digits alone: a small or large number of floating point would describe itself with an exponent.
  private static func text(of number: Number) -> String {
    guard let number = number as? Double else { return "\(number)" }
    let digits = String(format: "%.6f", number)
    return String(digits.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }
}
