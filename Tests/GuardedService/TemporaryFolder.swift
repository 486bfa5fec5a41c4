internal import Foundation
internal import ThinGRPCGuarding

/// A folder that is gone with this object.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "thin-grpc-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// Writes in place: the file is empty first, then has its text.
  public func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(of: name)))
  }

  /// Writes beside the file, and renames that over it.
  public func replace(_ name: String, with text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path(of: name)), options: .atomic)
  }

  public func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(of: name))
  }

  /// Makes a symbolic link, or turns it at once to another destination.
  public func link(_ name: String, to destination: String) throws {
    let new = path(of: "\(name).new")
    try FileManager.default.createSymbolicLink(atPath: new, withDestinationPath: destination)
    let move = try Process.run(URL(filePath: "/bin/mv"), arguments: ["-T", new, path(of: name)])
    move.waitUntilExit()
  }

  public func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path(of: name), withIntermediateDirectories: false)
  }
}

/// A value that a test's closures share.
public final class Kept<Value: Sendable>: Sendable {
  private let storage: Guarded<Value>

  public init(_ value: Value) {
    storage = Guarded(value)
  }

  public var value: Value { storage.withLock { $0 } }

  public func update(_ change: (inout Value) -> Void) {
    storage.withLock { change(&$0) }
  }
}

/// Waits until `condition` holds; false after a minute.
public func eventually(_ condition: () async -> Bool) async -> Bool {
  let end = ContinuousClock.now + .seconds(60)
  while ContinuousClock.now < end {
    if await condition() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return await condition()
}
