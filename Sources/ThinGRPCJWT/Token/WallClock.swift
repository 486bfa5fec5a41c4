internal import Foundation

/// The time of day, by which tokens are good or not.
enum WallClock {
  /// Since 1970.
  static var seconds: Double { Date().timeIntervalSince1970 }
}
