/// Moves between two lines without a link, place by place and without jumps: which entries go where is
/// as good as random, and a jump that is told wrongly costs as much as a line's work.
///
/// A reader meanwhile finds what it looks for or looks again, for the versions are odd.
extension IndexLine {
  /// Moves the entries with a bit in their hash to an empty line, and closes the gaps they leave.
  /// - Parameter bit: of ``TableEntry/hash``.
  /// - Returns: how many were moved.
  /// - Precondition: the versions are odd, this line has no link, and no word of the other is set.
  @inline(__always)
  func divide(into other: IndexLine, bit: UInt) -> Int {
    assert((0..<8).allSatisfy { other.words[$0] == 0 }, "entries come to a line with others")
    var (own, others) = (LineFiller(self), LineFiller(other))
    for place in 0..<Self.entryCount {
      // What is written in the wrong line is overwritten by the next one, or cleared.
      let entry = word(place)
      let print = print(place)
      let isMoved = entry.hash &>> bit & 1
      own.put(entry, print: print, if: isMoved ^ 1)
      others.put(entry, print: print, if: isMoved)
    }
    others.endInEmptyLine()
    own.end()
    return others.count
  }

  /// Moves all entries of another line here, which is empty then.
  /// - Precondition: the versions are odd, neither line has a link, and there is place for all and for
  ///   one more.
  @inline(__always)
  func unite(with other: IndexLine) {
    var own = LineFiller(self)
    for place in 0..<Self.entryCount { own.put(word(place), print: print(place), if: 1) }
    for place in 0..<Self.entryCount {
      own.put(other.word(place), print: other.print(place), if: 1)
    }
    own.end()
    other.clear()
  }
}

/// Writes the places of a line from the first one on.
private struct LineFiller {
  let line: IndexLine
  private(set) var count = 0
  private var prints: UInt = 0

  @inline(__always)
  init(_ line: IndexLine) { self.line = line }

  /// Writes an entry at the next place, and goes on to the one behind it if told to and if it is one.
  /// - Parameter isKept: 0 or 1.
  @inline(__always)
  mutating func put(_ entry: TableEntry, print: UInt, if isKept: UInt) {
    line.replace(count, by: entry)
    prints |= (print & (0 &- isKept)) &<< UInt(bitPattern: 8 &* count)
    // 1 where there is a print, which has seven bits.
    let isThere = (print &+ 0x7F) &>> 7
    count &+= Int(bitPattern: isThere & isKept)
  }

  /// ``end()`` where nothing stood but what was written: at most one place is to be cleared.
  @inline(__always)
  func endInEmptyLine() {
    if count < IndexLine.entryCount { line.replace(count, by: .none) }
    line.setPrints(prints)
  }

  /// Clears the places that are left, and tells of the others.
  @inline(__always)
  func end() {
    for place in 0..<IndexLine.entryCount {
      // All ones below the count.
      let mask = UInt(bitPattern: (place &- count) &>> (Int.bitWidth - 1))
      line.replace(place, by: TableEntry(bits: line.word(place).bits & mask))
    }
    line.setPrints(prints)
  }
}
