internal import Foundation

/// What tells a regular file from all others, whatever name it is reached by.
struct FileIdentity: Equatable {
  private let volume: Int
  private let number: Int

  /// - Parameter path: a path, which may be a symbolic link or name a descriptor, such as `/dev/stdout`.
  /// - Returns: nil where there is no regular file.
  init?(ofRegularFileAtPath path: String) {
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: target),
      attributes[.type] as? FileAttributeType == .typeRegular, let volume = attributes[.systemNumber] as? Int,
      let number = attributes[.systemFileNumber] as? Int
    else { return nil }
    self.volume = volume
    self.number = number
  }
}
