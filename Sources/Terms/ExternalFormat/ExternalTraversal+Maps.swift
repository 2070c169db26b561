/// Maps: flat ones in the order of their keys, hashed ones from their last slot to their first, as
/// the Erlang runtime does, or, to be deterministic, in the order of their keys.
extension ExternalTraversal where Sink: ~Copyable {
  mutating func map(_ map: Words) throws(ExternalEncodeError) -> Term? {
    sink.number(ExternalTag.map, try checked(Int(map[1])))
    if Header(bits: map[0]).mapType == .flat { return try pairs(map, from: 0) }
    if encoder.options.isDeterministic && Sink.isOrdered {
      let count = HashMap.size(at: map)
      return try leaves(try sortedLeaves(of: map, count: count), from: 0, count: count)
    }
    let slots = HashMap.slots(at: map)
    return try self.slots(map + 1 + Header(bits: map[0]).rawWords, count: slots.count)
  }

  mutating func pairs(_ map: Words, from start: Int) throws(ExternalEncodeError) -> Term? {
    let size = FlatMap.size(at: map)
    let keys = FlatMap.keys(at: map).tupleElements
    let values = FlatMap.values(at: map)
    var place = start
    while place < 2 &* size {
      let half = place >> 1
      let term = place & 1 == 0 ? keys[half] : Term(bits: values[half])
      place &+= 1
      if try term.isCons ? shallowList(term) : leaf(term) { continue }
      if place < 2 &* size { try pending.push(.pairs(map, place: place)) }
      return term
    }
    return nil
  }

  /// Encodes a flat map if it is small and all its keys and values are immediates.
  /// - Returns: whether it was encoded.
  mutating func shallowMap(_ map: Words) -> Bool {
    let size = FlatMap.size(at: map)
    guard Header(bits: map[0]).mapType == .flat, size <= 8 else { return false }
    let keys = FlatMap.keys(at: map).boxed + 1
    let values = FlatMap.values(at: map)
    for place in 0..<size {
      // Of immediates both low bits are set.
      guard keys[place] & values[place] & 3 == 3 else { return false }
    }
    sink.number(ExternalTag.map, UInt32(truncatingIfNeeded: size))
    for place in 0..<size {
      immediate(Term(bits: keys[place]))
      immediate(Term(bits: values[place]))
    }
    return true
  }

  /// Encodes what the slots of a node lead to, the last first.
  mutating func slots(_ address: Words, count: Int) throws(ExternalEncodeError) -> Term? {
    var (first, left) = (address, count)
    var areImmediates = Self.haveImmediates(first, count: left)
    while left > 0 {
      left &-= 1
      let slot = Term(bits: first[left])
      if slot.isCons {
        let cell = slot.cellWords
        let (key, value) = (Term(bits: cell[0]), Term(bits: cell[1]))
        if areImmediates {
          immediate(key)
          immediate(value)
          continue
        }
        var isKeyDone = !key.isCons
        if isKeyDone { isKeyDone = try leaf(key) }
        if isKeyDone, !value.isCons, try leaf(value) { continue }
        if left > 0 { try pending.push(.slots(first, count: left)) }
        if isKeyDone { return value }
        try pending.push(.elements(cell + 1, count: 1))
        return key
      }
      if left > 0 { try pending.push(.slots(first, count: left)) }
      let node = slot.boxed
      let inner = HashMap.slots(at: node)
      (first, left) = (node + 1 + Header(bits: node[0]).rawWords, inner.count)
      areImmediates = Self.haveImmediates(first, count: left)
    }
    return nil
  }

  /// Whether all leaves of a node have immediates for keys and values.
  ///
  /// The leaves of a large map lie anywhere; asked for like this, the memory fetches all at once
  /// what is then encoded in turn.
  @inline(__always)
  private static func haveImmediates(_ first: Words, count: Int) -> Bool {
    var common: UInt = 3
    for place in 0..<count {
      let slot = Term(bits: first[place])
      let words = Words(bitPattern: slot.address).unsafelyUnwrapped
      // Of a node, which is boxed, nothing is asked; it has two words as well.
      common &= words[0] & words[1] | 0 &- (slot.bits >> 1 & 1)
    }
    return common == 3
  }

  // MARK: - In the order of keys

  mutating func leaves(
    _ cells: Words, from start: Int, count: Int
  ) throws(ExternalEncodeError) -> Term? {
    if start == count {
      pending.freeLeaves(cells, count: count)
      return nil
    }
    do {
      try pending.push(.leaves(cells, index: start + 1, count: count))
    } catch {
      pending.freeLeaves(cells, count: count)
      throw error
    }
    try pending.push(.elements(Term(bits: cells[start]).cellWords, count: 2))
    return nil
  }

  /// The cells of a map's leaves in the order of their keys, in the first half of fresh memory.
  private func sortedLeaves(
    of map: Words, count: Int
  ) throws(ExternalEncodeError) -> Words {
    do throws(ScratchExhausted) {
      let cells = try pending.allocateLeaves(count: count)
      do throws(ScratchExhausted) {
        try collectLeaves(of: map, into: cells, count: count)
        try sort(cells, count: count)
      } catch {
        pending.freeLeaves(cells, count: count)
        throw error
      }
      return cells
    } catch {
      throw .scratch(error)
    }
  }

  private func collectLeaves(
    of map: Words, into cells: Words, count: Int
  ) throws(ScratchExhausted) {
    var walk = try HashMapLeaves(of: .boxed(at: map), scratch: encoder.scratch)
    var index = 0
    while let cell = try walk.next() {
      cells[index] =
        Term.cons(at: UnsafeMutableRawPointer(cell).assumingMemoryBound(to: UInt.self)).bits
      index += 1
    }
    precondition(index == count, "a map of \(index) leaves says it has \(count)")
  }

  /// Merge sort from the bottom up, with the second half of the memory to merge into.
  private func sort(_ cells: Words, count: Int) throws(ScratchExhausted) {
    var (from, to) = (cells, cells + count)
    var width = 1
    while width < count {
      var start = 0
      while start < count {
        let middle = min(start + width, count)
        let end = min(middle + width, count)
        var (left, right) = (start, middle)
        for place in start..<end {
          var takesLeft = left < middle
          if takesLeft && right < end { takesLeft = try isBefore(from[left], from[right]) }
          to[place] = from[takesLeft ? left : right]
          if takesLeft { left += 1 } else { right += 1 }
        }
        start = end
      }
      swap(&from, &to)
      width *= 2
    }
    if from != cells { cells.update(from: from, count: count) }
  }

  private func isBefore(_ left: UInt, _ right: UInt) throws(ScratchExhausted) -> Bool {
    try encoder.order.compareKeys(
      Term(bits: left).cons[0], Term(bits: right).cons[0]) < 0
  }
}

extension Term {
  /// The words of a cons cell.
  fileprivate var cellWords: UnsafeMutablePointer<UInt> {
    UnsafeMutableRawPointer(cons).assumingMemoryBound(to: UInt.self)
  }
}
