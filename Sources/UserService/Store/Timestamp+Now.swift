internal import Foundation
internal import ThinGRPCProtobuf

extension GoogleProtobuf.Timestamp {
  /// The present time, to the microsecond.
  static var now: GoogleProtobuf.Timestamp {
    let microseconds = Int64(Date().timeIntervalSince1970 * 1_000_000)
    return .with {
      $0.seconds = microseconds / 1_000_000
      $0.nanos = Int32(microseconds % 1_000_000 * 1_000)
    }
  }
}
