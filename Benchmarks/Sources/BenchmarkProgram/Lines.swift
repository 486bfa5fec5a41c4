internal import Foundation

/// Writes a line to standard output at once; nobody is there to be told when its reader has gone.
public func writeLine(_ line: String) {
  try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
}
