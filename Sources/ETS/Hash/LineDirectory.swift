import Synchronization

/// Where the lines of a hash index stand: segments that grow with the index, four to each doubling.
///
/// ```
/// segment 0     1 2 3 4     5  6  7  8     9   10  ...
/// lines   0-3   4 5 6 7     8- 10- 12- 14- 16- 20- ...
/// ```
/// So the index holds at most a quarter of its lines without use, and a line is found by two loads.
struct LineDirectory: BitwiseCopyable {
  let slots: SharedWord

  static var firstSegmentLines: Int { 4 }
  /// Segments for 2^32 lines.
  static var segmentCount: Int { 1 + 4 * 30 }
  static var byteCount: Int { segmentCount * MemoryLayout<UInt>.stride }

  /// Makes a directory without segments in fresh memory.
  init(initializing memory: UnsafeMutableRawPointer) {
    slots = memory.bindMemory(to: Atomic<UInt>.self, capacity: Self.segmentCount)
    for index in 0..<Self.segmentCount { (slots + index).initialize(to: Atomic(0)) }
  }

  /// The segment of a line, and the line's place in it.
  @inline(__always)
  static func place(of line: Int) -> (segment: Int, place: Int) {
    if line < firstSegmentLines { return (0, line) }
    let log = Int.bitWidth &- 1 &- line.leadingZeroBitCount
    let step = log &- 2
    return (1 &+ step &* 4 &+ ((line &>> step) & 3), line & (1 &<< step &- 1))
  }

  /// The lines of a segment.
  static func lineCount(ofSegment segment: Int) -> Int {
    segment == 0 ? firstSegmentLines : 1 << ((segment - 1) / 4)
  }

  /// A line that is in use.
  @inline(__always)
  subscript(line: Int) -> IndexLine {
    let (segment, place) = Self.place(of: line)
    let base = UnsafeMutablePointer<UInt>(bitPattern: slots[segment].load(ordering: .relaxed))
    return IndexLine(base.unsafelyUnwrapped + place &* 8)
  }
}
