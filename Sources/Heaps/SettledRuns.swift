/// Runs of words in a to-space that need no scan: lists of immediates whose tails are resolved.
///
/// A queue in order of addresses, with a fixed number of places; a run that finds no place is
/// scanned like everything else.
struct SettledRuns {
  private static var capacity: Int { 32 }
  /// The cells from which on a run is worth a place.
  static var shortestWords: Int { 8 }

  private var starts = InlineArray<32, UInt>(repeating: 0)
  private var ends = InlineArray<32, UInt>(repeating: 0)
  private var first = 0
  private var count = 0
  /// Where the next run begins; the scan compares each object's address with it.
  private(set) var nextStart: UInt = .max

  /// Notes a run that lies behind all noted before.
  @inline(never)
  mutating func append(_ start: UnsafeMutablePointer<UInt>, _ end: UnsafeMutablePointer<UInt>) {
    let start = UInt(bitPattern: start)
    let end = UInt(bitPattern: end)
    if count > 0 {
      let last = (first &+ count &- 1) & (Self.capacity &- 1)
      if ends[last] == start {
        ends[last] = end
        return
      }
      if count == Self.capacity { return }
    } else {
      nextStart = start
    }
    let place = (first &+ count) & (Self.capacity &- 1)
    starts[place] = start
    ends[place] = end
    count &+= 1
  }

  /// Takes the next run out and returns where the scan goes on.
  @inline(never)
  mutating func removeFirst() -> UnsafeMutablePointer<UInt> {
    let end = ends[first]
    first = (first &+ 1) & (Self.capacity &- 1)
    count &-= 1
    nextStart = count > 0 ? starts[first] : .max
    return UnsafeMutablePointer(bitPattern: end).unsafelyUnwrapped
  }
}
