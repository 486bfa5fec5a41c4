/// A moment of the Gregorian calendar, in UTC.
struct JSONTime {
  var year: Int
  var month: Int
  var day: Int
  var secondOfDay: Int

  /// What a `google.protobuf.Timestamp` can be: 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
  static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  /// What a `google.protobuf.Duration` can be: 10,000 years in both directions.
  static let durationSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

  private static let secondsPerDay = 86_400
  // Years are counted from March on, so that the day of a leap year comes last, in eras of 400 years that are all alike.
  private static let daysPerEra = 146_097
  private static let daysBeforeEpoch = 719_468

  init(year: Int, month: Int, day: Int, secondOfDay: Int) {
    self.year = year
    self.month = month
    self.day = day
    self.secondOfDay = secondOfDay
  }

  init(secondsSinceEpoch seconds: Int64) {
    let seconds = Int(seconds)
    let dayCount = floorDivide(seconds, Self.secondsPerDay)
    secondOfDay = seconds - dayCount * Self.secondsPerDay
    let days = dayCount + Self.daysBeforeEpoch
    let era = floorDivide(days, Self.daysPerEra)
    let dayOfEra = days - era * Self.daysPerEra
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var secondsSinceEpoch: Int64 {
    let yearFromMarch = month <= 2 ? year - 1 : year
    let era = floorDivide(yearFromMarch, 400)
    let yearOfEra = yearFromMarch - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64((era * Self.daysPerEra + dayOfEra - Self.daysBeforeEpoch) * Self.secondsPerDay + secondOfDay)
  }

  static func dayCount(of month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

/// The quotient, rounded down.
private func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
  let quotient = dividend / divisor
  return dividend % divisor < 0 ? quotient - 1 : quotient
}
