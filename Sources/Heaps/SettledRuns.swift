/// Runs of words in a to-space that need no scan: objects and cells that refer to nothing that
/// moves, one behind the other.
///
/// The last run is open: it grows as long as what is moved behind it is settled too. Those before
/// it stand in a queue in order of addresses, with a fixed number of places; a run that is short
/// or finds no place is scanned like everything else.
struct SettledRuns {
  private static var capacity: Int { 32 }
  /// Below this a run costs more in the queue than its scan does.
  private static var shortestBytes: UInt { 64 }

  private var openStart: UInt = .max
  private var openEnd: UInt = 0
  /// Where the next run of the queue begins.
  private var nextStart: UInt = .max
  private var starts = InlineArray<32, UInt>(repeating: 0)
  private var ends = InlineArray<32, UInt>(repeating: 0)
  private var first = 0
  private var count = 0

  /// Notes words that lie behind all noted before; none where the end is the start.
  @inline(__always)
  mutating func append(_ start: UnsafeMutablePointer<UInt>, _ end: UnsafeMutablePointer<UInt>) {
    if start == end { return }
    let start = UInt(bitPattern: start)
    if start != openEnd {
      if openEnd &- openStart >= Self.shortestBytes && openEnd > openStart { enqueueOpenRun() }
      openStart = start
    }
    openEnd = UInt(bitPattern: end)
  }

  /// Where the scan goes on if a run begins where it stands.
  @inline(__always)
  mutating func end(
    ofRunAt scan: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? {
    let scan = UInt(bitPattern: scan)
    if scan == openStart {
      openStart = .max
      return UnsafeMutablePointer(bitPattern: openEnd)
    }
    return scan == nextStart ? removeFirst() : nil
  }

  @inline(never)
  private mutating func enqueueOpenRun() {
    if count == Self.capacity { return }
    if count == 0 { nextStart = openStart }
    let place = (first &+ count) & (Self.capacity &- 1)
    starts[place] = openStart
    ends[place] = openEnd
    count &+= 1
  }

  @inline(never)
  private mutating func removeFirst() -> UnsafeMutablePointer<UInt>? {
    let end = ends[first]
    first = (first &+ 1) & (Self.capacity &- 1)
    count &-= 1
    nextStart = count > 0 ? starts[first] : .max
    return UnsafeMutablePointer(bitPattern: end)
  }
}
