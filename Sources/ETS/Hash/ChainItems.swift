/// An entry of a chain of lines and its print.
struct ChainItem: BitwiseCopyable {
  let entry: TableEntry
  let print: UInt
}

/// Room for the entries of chains, while these are written anew.
struct ChainItems {
  let start: UnsafeMutablePointer<ChainItem>
  let end: UnsafeMutablePointer<ChainItem>

  /// The most that get room on the stack without a question: a kilobyte.
  static var stackRoom: Int { 64 }

  init(_ buffer: UnsafeMutableBufferPointer<ChainItem>) {
    start = buffer.baseAddress.unsafelyUnwrapped
    end = start + buffer.count
  }

  /// The room behind so many items.
  func dropping(_ count: Int) -> ChainItems {
    ChainItems(UnsafeMutableBufferPointer(start: start + count, count: end - start - count))
  }
}

extension IndexLine {
  /// The entries of the chain that begins here.
  var chainCount: Int {
    var count = self.count
    var line = link
    while let further = line {
      count += further.count
      line = further.link
    }
    return count
  }

  /// Copies the entries of the chain that begins here: those for which an answer is 0 to the front
  /// of the room, the others to its end.
  /// - Parameters:
  ///   - items: room for all entries and one more.
  ///   - answer: 0 or 1; asked for each word, also where it is no entry.
  @inline(__always)
  func part<Failure: Error>(
    into items: ChainItems, by answer: (TableEntry) throws(Failure) -> Int
  ) throws(Failure) -> (kept: Int, moved: Int) {
    var front = items.start
    var back = items.end
    var line = self
    while true {
      let prints = line.prints
      for place in 0..<Self.entryCount {
        // Without jumps, which would be told wrongly for every other entry: what is no entry is
        // written where the next one comes.
        let entry = line.word(place)
        let print = prints &>> UInt(8 &* place) & 0xFF
        let isMoved = try answer(entry)
        let isThere = print == 0 ? 0 : 1
        (isMoved == 0 ? front : back - 1).initialize(to: ChainItem(entry: entry, print: print))
        front += isThere & ~isMoved
        back -= isThere & isMoved
      }
      guard let next = line.link else { return (front - items.start, items.end - back) }
      line = next
    }
  }

  /// Writes the places of the line anew.
  /// - Parameter keepsLink: leaves the last place as it is; then there are fewer items than places.
  @inline(__always)
  func write(_ items: UnsafeMutablePointer<ChainItem>, count: Int, keepsLink: Bool) {
    var prints: UInt = 0
    for place in 0..<count {
      replace(place, by: items[place].entry)
      prints |= items[place].print &<< UInt(8 &* place)
    }
    for place in count..<(keepsLink ? Self.linkedCount : Self.entryCount) {
      replace(place, by: .none)
    }
    setPrints(prints)
  }
}
