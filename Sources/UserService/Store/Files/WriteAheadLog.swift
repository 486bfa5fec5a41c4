internal import Foundation

/// The frames of a `-wal` file, counted before SQLite takes them in.
///
/// SQLite takes in every frame up to the last commit before the first frame that does not fit, and says nothing of what
/// came after. Here it is told apart whether that was the end, or a cut.
/// The format: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.
struct WriteAheadLog: Hashable {
  /// The frames that SQLite will take in.
  private(set) var committedFrames = 0
  /// Whether a frame that was cut or damaged follows.
  private(set) var isBroken = false
  /// The frames that were committed when the last process left, where that can be told.
  private(set) var expectedFrames: Int?

  /// The numbers that tell this use of the file from earlier ones.
  private var salts: ArraySlice<UInt8> = []

  /// Reads the file; nil where there is none, or none with frames.
  ///
  /// No store may be open in this process: to close a file of SQLite's drops the locks on it.
  init?(besideFileAtPath path: String) {
    // What the index says is read first, so that a process that is writing meanwhile is never ahead of it.
    let index = FileHandle(forReadingAtPath: "\(path)-shm").flatMap { try? $0.read(upToCount: 48) }.map {
      [UInt8]($0)
    }
    guard let file = FileHandle(forReadingAtPath: "\(path)-wal"), let header = Self.read(32, from: file)
    else {
      return nil
    }
    let isBigEndian = header[3] & 1 == 1
    let pageSize = Int(Self.word(header, at: 8, isBigEndian: true))
    guard (512...65_536).contains(pageSize), pageSize.nonzeroBitCount == 1 else { return nil }
    salts = header[16..<24]
    // mxFrame and aSalt of the index's header, in the machine's own order.
    if let index, index.count == 48, index[12] == 1, index[32..<40] == salts {
      expectedFrames = Int(Self.word(index, at: 16, isBigEndian: 1.bigEndian == 1))
    }
    var sum = Checksum(isBigEndian: isBigEndian)
    sum.add(header[..<24])
    guard sum.matches(header, at: 24) else {
      isBroken = true
      return
    }
    readFrames(of: file, pageSize: pageSize, after: sum)
  }

  /// Whether it is known that writes are missing that were acknowledged.
  var hasLostWrites: Bool { expectedFrames.map { $0 > committedFrames } ?? false }

  /// What to tell people, or nil where nothing is wrong.
  var complaint: String? {
    if let expectedFrames {
      // Whatever follows was not acknowledged: another process is writing it, or was killed while it did.
      return hasLostWrites
        ? "writes that were acknowledged are lost: it has \(committedFrames) of \(expectedFrames) frames"
        : nil
    }
    return isBroken
      ? "it ends in the midst of a write, by a crash or a cut: what is after frame \(committedFrames) is left out"
      : nil
  }

  private mutating func readFrames(of file: FileHandle, pageSize: Int, after header: Checksum) {
    var (sum, count) = (header, 0)
    while let bytes = try? file.read(upToCount: 24 + pageSize), !bytes.isEmpty {
      let frame = [UInt8](bytes)
      // Frames of an earlier use follow where the file was begun anew.
      guard frame.count >= 16, frame[8..<16].elementsEqual(salts) else {
        isBroken = frame.count < 16
        return
      }
      guard frame.count == 24 + pageSize else {
        isBroken = true
        return
      }
      sum.add(frame[..<8])
      sum.add(frame[24...])
      guard sum.matches(frame, at: 16) else {
        isBroken = true
        return
      }
      count += 1
      if Self.word(frame, at: 4, isBigEndian: true) != 0 { committedFrames = count }
    }
  }

  private static func read(_ count: Int, from file: FileHandle) -> [UInt8]? {
    guard let bytes = try? file.read(upToCount: count), bytes.count == count else { return nil }
    return [UInt8](bytes)
  }

  fileprivate static func word(_ bytes: some RandomAccessCollection<UInt8>, at offset: Int, isBigEndian: Bool)
    -> UInt32
  {
    var word: UInt32 = 0
    for index in 0..<4 {
      let byte = bytes[bytes.index(bytes.startIndex, offsetBy: offset + index)]
      word |= UInt32(byte) << UInt32(isBigEndian ? 24 - 8 * index : 8 * index)
    }
    return word
  }

  /// The running checksum of the header and all frames.
  private struct Checksum {
    let isBigEndian: Bool
    var first: UInt32 = 0
    var second: UInt32 = 0

    init(isBigEndian: Bool) {
      self.isBigEndian = isBigEndian
    }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
      for offset in stride(from: 0, to: bytes.count, by: 8) {
        first &+= word(bytes, at: offset, isBigEndian: isBigEndian) &+ second
        second &+= word(bytes, at: offset + 4, isBigEndian: isBigEndian) &+ first
      }
    }

    func matches(_ bytes: [UInt8], at offset: Int) -> Bool {
      word(bytes, at: offset, isBigEndian: true) == first
        && word(bytes, at: offset + 4, isBigEndian: true) == second
    }
  }
}
