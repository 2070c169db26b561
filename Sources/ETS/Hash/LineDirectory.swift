import Synchronization

/// Where the lines of a hash index stand: segments that grow with the index, four to each doubling.
///
/// ```
/// segment       0 1 2 3     4   5   6    7      8      9   ...
/// lines         0 1 2 3     4-5 6-7 8-9  10-11  12-15  16-19  ...
/// line + 4      4 5 6 7     8-9 ...      14-15  16-19  ...
/// ```
/// So the index holds at most a quarter of its lines without use. The segment of a line is told by
/// the highest three bits of its number + 4; a slot has the address where line -4 would stand if the
/// segment went on downwards, so that a line is found by one load.
struct LineDirectory: BitwiseCopyable {
  private let slots: SharedWord

  /// The lines of the first segments, which stand side by side.
  static var firstLines: Int { 4 }
  /// Segments for 2^32 lines.
  static var segmentCount: Int { 4 * 31 }
  static var byteCount: Int { segmentCount * MemoryLayout<UInt>.stride }

  /// Makes a directory without segments in fresh memory.
  init(initializing memory: UnsafeMutableRawPointer) {
    slots = memory.bindMemory(to: Atomic<UInt>.self, capacity: Self.segmentCount)
    for index in 0..<Self.segmentCount { (slots + index).initialize(to: Atomic(0)) }
  }

  /// The segment of a line.
  @inline(__always)
  static func segment(of line: Int) -> Int {
    let number = line &+ firstLines
    // The bit is set anyway: the compiler knows by it that the count is below 64.
    let step = 61 &- (number | 1).leadingZeroBitCount
    return 4 &* step &+ number &>> step &- 4
  }

  /// The lines of a segment.
  static func lineCount(ofSegment segment: Int) -> Int { 1 &<< (segment &>> 2) }

  /// The first line of a segment.
  static func firstLine(ofSegment segment: Int) -> Int {
    (4 | segment & 3) &<< (segment &>> 2) &- firstLines
  }

  /// A line that is in use; of readers see ``HashPart/firstLine(_:in:)``.
  @inline(__always)
  subscript(line: Int) -> IndexLine {
    // Acquiring: pairs with ``setSegment(_:at:)``, and nothing behind it is read before.
    let origin = slots[Self.segment(of: line)].load(ordering: .acquiring)
    let address = origin &+ UInt(bitPattern: line &+ Self.firstLines) &* UInt(IndexLine.byteCount)
    return IndexLine(UnsafeMutablePointer(bitPattern: address).unsafelyUnwrapped)
  }

  /// Says where the lines of a segment stand.
  func setSegment(_ segment: Int, at start: UnsafeMutableRawPointer) {
    let first = Self.firstLine(ofSegment: segment) + Self.firstLines
    slots[segment].store(
      UInt(bitPattern: start) &- UInt(first * IndexLine.byteCount), ordering: .releasing)
  }
}
