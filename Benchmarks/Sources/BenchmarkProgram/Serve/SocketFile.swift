internal import Foundation

extension Address {
  /// Removes the socket file of a server that has gone, or is about to; anything else at the path is left alone.
  public func removeSocketFile() {
    guard case .unix(let path) = self else { return }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeSocket else { return }
    try? FileManager.default.removeItem(atPath: path)
  }
}
