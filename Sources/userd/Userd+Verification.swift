internal import ArgumentParser
internal import ConsoleProgram
internal import Foundation
internal import UserService

extension Userd {
  /// Looks at the store, prints what is damaged, one finding on a line, and ends with 65 where anything is.
  func reportVerification() throws {
    let verification: StoreVerification
    do {
      verification = try UserStore.verify(fileAtPath: store)
    } catch {
      throw fail("\(error)", code: 74)
    }
    for damage in verification.damage {
      writeLine("damaged: \(damage.escapedForTerminal)", to: .standardOutput)
    }
    guard verification.isSound else { throw fail("the store \(store) is damaged", code: 65) }
    writeLine(
      verification.hasChecksums
        ? "sound: \(verification.soundUsers) users"
        : "sound, but without checksums: it gets them when userd serves it", to: .standardOutput)
  }
}
