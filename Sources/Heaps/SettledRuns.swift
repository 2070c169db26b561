/// Runs of words in a to-space that need no scan: objects and cells that refer to nothing that
/// moves, one behind the other.
///
/// The open run grows as long as what is moved behind it is settled too. Of those before it the
/// longest is kept; the others are scanned like everything else. Four words, so that they stay in
/// the processor's registers.
struct SettledRuns {
  private var start: UInt = .max
  private var end: UInt = .max
  private var openStart: UInt = .max
  private var openEnd: UInt = .max

  /// Notes words that lie behind all noted before; none where the end is the start.
  @inline(__always)
  mutating func append(_ start: UnsafeMutablePointer<UInt>, _ end: UnsafeMutablePointer<UInt>) {
    let start = UInt(bitPattern: start)
    if start != openEnd {
      if openEnd &- openStart > self.end &- self.start {
        self.start = openStart
        self.end = openEnd
      }
      openStart = start
    }
    openEnd = UInt(bitPattern: end)
  }

  /// Where the scan goes on if a run begins where it stands.
  @inline(__always)
  mutating func end(ofRunAt scan: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt>? {
    let scan = UInt(bitPattern: scan)
    if scan == start {
      let end = end
      start = .max
      self.end = .max
      return UnsafeMutablePointer(bitPattern: end)
    }
    if scan == openStart && scan != openEnd {
      openStart = openEnd
      return UnsafeMutablePointer(bitPattern: openEnd)
    }
    return nil
  }
}
