// The entries by their hashes: which makes the order of slots, and keys with one hash neighbours.
extension HashedPairs {
  /// Sorts entries by hash and leaves those of one hash in their order.
  func sort(_ range: Range<Int>) {
    if range.count <= 48 { return insertionSort(range) }
    var (source, target) = (entries + range.lowerBound, spare)
    for shift in stride(from: 32 as UInt, to: 64, by: 8) {
      counts.update(repeating: 0, count: Self.digits)
      for place in 0..<range.count { counts[Int(source[place] >> shift & 0xFF)] &+= 1 }
      var sum: UInt = 0
      for digit in 0..<Self.digits { (counts[digit], sum) = (sum, sum &+ counts[digit]) }
      for place in 0..<range.count {
        let digit = Int(source[place] >> shift & 0xFF)
        target[Int(counts[digit])] = source[place]
        counts[digit] &+= 1
      }
      (source, target) = (target, source)
    }
  }

  private func insertionSort(_ range: Range<Int>) {
    for next in range.dropFirst() {
      let entry = entries[next]
      var place = next
      while place > range.lowerBound && entries[place - 1] >> 32 > entry >> 32 {
        entries[place] = entries[place - 1]
        place -= 1
      }
      entries[place] = entry
    }
  }

  /// Hashes anew what no level so far has told apart.
  mutating func rehash(_ range: Range<Int>, salt: Int) throws(ScratchExhausted) {
    for place in range {
      let hash = try Hash.rehash(key(place), salt: salt, scratch: scratch)
      entries[place] = Self.entry(hash: hash, index: index(place))
    }
    sort(range)
    isRehashed = true
  }
}
