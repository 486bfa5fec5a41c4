internal import Logging
internal import ThinGRPCGuarding

/// What is known to be wrong with a store. Each change of it is logged once.
final class StoreCondition: Sendable {
  private struct State {
    var damage: String?
    var displaced: String?
  }

  private let files: StoreFiles
  private let logger: Logger
  private let state = Guarded(State())

  init(of files: StoreFiles, logger: Logger) {
    self.files = files
    self.logger = logger
  }

  /// The condition now; looks at the files.
  var readiness: StoreReadiness {
    lookAtFiles()
    return state.withLock { state in
      if let path = state.displaced { return .displaced(path) }
      return state.damage.map(StoreReadiness.damaged) ?? .ready
    }
  }

  /// Takes down that something is damaged.
  func found(damage: String) {
    let isFirst = state.withLock { state in
      defer { state.damage = state.damage ?? damage }
      return state.damage == nil
    }
    guard isFirst else { return }
    logger.critical(
      "the store is damaged: run userd --verify-store, and restore a backup",
      metadata: ["damage": "\(damage)"])
  }

  /// Makes sure that what is written goes to files that will be there.
  ///
  /// - Throws: `StoreError.displaced`.
  func requireFiles() throws(StoreError) {
    guard let path = lookAtFiles() else { return }
    throw .displaced(path: path)
  }

  /// Makes sure that the store's own file is there, whatever became of those beside it.
  ///
  /// - Throws: `StoreError.displaced`.
  func requireMainFile() throws(StoreError) {
    guard let path = files.displacedMain else { return }
    lookAtFiles()
    throw .displaced(path: path)
  }

  @discardableResult
  private func lookAtFiles() -> String? {
    let path = files.displaced
    let before = state.withLock { state in
      defer { state.displaced = path }
      return state.displaced
    }
    switch (before, path) {
    case (nil, let path?):
      logger.critical(
        "a file of the store was deleted or replaced: writes are refused until it is back, or userd is started again",
        metadata: ["path": "\(path)"])
    case (let path?, nil):
      logger.notice("the store's file is back: writes go on", metadata: ["path": "\(path)"])
    default: break
    }
    return path
  }
}
