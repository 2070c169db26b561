import Synchronization

/// The versions of the lines of a hash index, each of which many lines share: by them a reader that
/// finds nothing knows whether entries moved while it looked.
struct LineVersions: BitwiseCopyable {
  private let words: SharedWord

  private static var count: Int { 32 }
  static var byteCount: Int { count * MemoryLayout<UInt>.stride }

  /// The versions that stand at an address.
  @inline(__always)
  init(at memory: UnsafeMutableRawPointer) {
    words = memory.assumingMemoryBound(to: Atomic<UInt>.self)
  }

  /// Makes them in fresh memory.
  func initialize() { for index in 0..<Self.count { (words + index).initialize(to: Atomic(0)) } }

  /// The version of a line: odd while entries move; what was written before is seen too.
  @inline(__always)
  subscript(line: Int) -> UInt { words[line & (Self.count - 1)].load(ordering: .acquiring) }

  /// Makes readers of a line that find nothing try again: before entries move, and after.
  func change(_ line: Int) {
    let word = words + (line & (Self.count - 1))
    word.publish(word.relaxed &+ 1)
  }

  /// Changes the versions of two lines, or the one of both.
  func change(_ line: Int, _ other: Int) {
    change(line)
    if (line ^ other) & (Self.count - 1) != 0 { change(other) }
  }
}
