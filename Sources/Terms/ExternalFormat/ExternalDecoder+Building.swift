#if canImport(Glibc)
  import Glibc
#endif

/// Slots of an object that wait for their terms, or a map whose terms are all there.
///
/// On the stack two words: the address with the kind in its low bits, and the count.
private struct PendingSlots {
  enum Kind: UInt {
    /// Slots side by side.
    case adjacent = 0
    /// The heads of cons cells side by side.
    case heads = 1
    /// A map whose keys are to be sorted.
    case unsortedMap = 2
  }

  var address: UnsafeMutablePointer<UInt>
  var count: Int
  var kind: Kind

  mutating func takeSlot() -> UnsafeMutablePointer<UInt> {
    let slot = address
    address += kind == .heads ? 2 : 1
    count -= 1
    return slot
  }
}

extension ScratchStack {
  fileprivate mutating func push(_ slots: PendingSlots) throws(ExternalFormatError) {
    do {
      try push(UInt(bitPattern: slots.address) | slots.kind.rawValue)
      try push(UInt(slots.count))
    } catch {
      throw .init(.scratch(error), offset: 0)
    }
  }

  fileprivate mutating func popSlots() -> PendingSlots? {
    guard let count = pop(), let word = pop(),
      let address = UnsafeMutablePointer<UInt>(bitPattern: word & ~7),
      let kind = PendingSlots.Kind(rawValue: word & 7)
    else { return nil }
    return PendingSlots(address: address, count: Int(count), kind: kind)
  }
}

/// The second pass: builds objects in the order of their heads and fills their slots as the terms
/// for them come.
extension ExternalDecoder {
  func build(
    _ bytes: UnsafeRawBufferPointer, from start: Int, at cursor: inout WordCursor
  ) throws(ExternalFormatError) -> Term {
    var reader = ExternalReader(bytes, offset: start)
    var stack = ScratchStack(provider: scratch)
    var root: UInt = 0
    return try withUnsafeMutablePointer(to: &root) { slot throws(ExternalFormatError) in
      var slots = PendingSlots(address: slot, count: 1, kind: .adjacent)
      while true {
        if slots.kind == .unsortedMap {
          try finishMap(slots.address, offset: reader.offset)
          slots.count = 0
        }
        if slots.count == 0 {
          guard let next = stack.popSlots() else { return Term(bits: slot.pointee) }
          slots = next
          continue
        }
        let target = slots.takeSlot()
        let head = try reader.head()
        if let leaf = try leaf(head, at: &cursor) {
          target.pointee = leaf.bits
        } else {
          if slots.count > 0 { try stack.push(slots) }
          slots = try container(head, offset: reader.offset, for: target, at: &cursor, &stack)
        }
      }
    }
  }

  /// Takes words, which ``measure(_:)`` counted and the caller ensured.
  @inline(__always)
  private func reserve(_ words: Int, at cursor: inout WordCursor) -> UnsafeMutablePointer<UInt> {
    precondition(words <= cursor.remainingWords, "a term is decoded where it was not measured")
    return cursor.reserve(words)
  }

  /// Builds a term that contains no others, or returns nothing for one that does.
  @inline(__always)
  private func leaf(
    _ head: ExternalReader.Head, at cursor: inout WordCursor
  ) throws(ExternalFormatError) -> Term? {
    switch head {
    case .immediate(let term): return term
    case .atom(let name): return try atom(name)
    case .float(let value):
      let words = reserve(2, at: &cursor)
      words[0] = Header.float.bits
      words[1] = UInt(value.bitPattern)
      return .boxed(at: words)
    case .bigInteger(let isNegative, let digits):
      return bigInteger(isNegative: isNegative, digits, at: &cursor)
    case .binary(let content):
      let words = 1 + Header.heapBinary(byteCount: content.count).arity
      precondition(words <= cursor.remainingWords, "a term is decoded where it was not measured")
      return cursor.makeHeapBinary(content)
    case .string(let characters): return string(characters, at: &cursor)
    case .tuple(arity: 0): return .emptyTuple
    case .export(let module, let function, let arity):
      return try export(module, function, arity, at: &cursor)
    case .list, .tuple, .map: return nil
    }
  }

  /// Builds an object that waits for its terms and puts it into a slot.
  /// - Returns: the slots to fill next; those to fill later are on the stack.
  private func container(
    _ head: ExternalReader.Head, offset: Int, for slot: UnsafeMutablePointer<UInt>,
    at cursor: inout WordCursor, _ stack: inout ScratchStack
  ) throws(ExternalFormatError) -> PendingSlots {
    switch head {
    case .tuple(let arity):
      let words = reserve(1 + arity, at: &cursor)
      words[0] = Header.tuple(arity: arity).bits
      slot.pointee = Term.boxed(at: words).bits
      return PendingSlots(address: words + 1, count: arity, kind: .adjacent)
    case .list(count: 0):
      // Nothing but its tail.
      return PendingSlots(address: slot, count: 1, kind: .adjacent)
    case .list(let count):
      let cells = reserve(2 * count, at: &cursor)
      for index in 1..<max(1, count) {
        cells[2 * index - 1] = Term.cons(at: cells + 2 * index).bits
      }
      slot.pointee = Term.cons(at: cells).bits
      try stack.push(
        PendingSlots(address: cells + 2 * count - 1, count: 1, kind: .adjacent))
      return PendingSlots(address: cells, count: count, kind: .heads)
    case .map(let size):
      return try map(size: size, offset: offset, for: slot, at: &cursor, &stack)
    default: preconditionFailure("a leaf is no container")
    }
  }

  // MARK: - Leaves

  private func atom(_ name: ExternalReader.Name) throws(ExternalFormatError) -> Term {
    do {
      if !name.isLatin1 { return try atoms.atom(utf8: name.bytes) }
      let result = withUnsafeTemporaryAllocation(
        byteCount: 2 * name.bytes.count, alignment: 1
      ) { text in
        var count = 0
        for byte in name.bytes {
          if byte >= 0x80 {
            text[count] = 0xC0 | byte >> 6
            count += 1
          }
          text[count] = byte < 0x80 ? byte : 0x80 | byte & 0x3F
          count += 1
        }
        let utf8 = UnsafeRawBufferPointer(rebasing: text[..<count])
        return Result { () throws(AtomError) in try atoms.atom(utf8: utf8) }
      }
      return try result.get()
    } catch {
      throw .init(.atom(error), offset: name.offset)
    }
  }

  private func bigInteger(
    isNegative: Bool, _ digits: UnsafeRawBufferPointer, at cursor: inout WordCursor
  ) -> Term {
    let count = (digits.count + 7) / 8
    let words = reserve(1 + count, at: &cursor)
    words[0] = Header.bigInteger(digits: count, isNegative: isNegative).bits
    words[count] = 0
    UnsafeMutableRawBufferPointer(start: words + 1, count: digits.count).copyMemory(from: digits)
    return .boxed(at: words)
  }

  private func string(
    _ characters: UnsafeRawBufferPointer, at cursor: inout WordCursor
  ) -> Term {
    let cells = reserve(2 * characters.count, at: &cursor)
    for index in 0..<characters.count {
      cells[2 * index] = Term.small(Int(characters[index])).bits
      cells[2 * index + 1] = Term.cons(at: cells + 2 * index + 2).bits
    }
    cells[2 * characters.count - 1] = Term.nil.bits
    return .cons(at: cells)
  }

  private func export(
    _ module: ExternalReader.Name, _ function: ExternalReader.Name, _ arity: Int,
    at cursor: inout WordCursor
  ) throws(ExternalFormatError) -> Term {
    guard let funs else { throw .init(.noFunResolver, offset: module.offset) }
    let entry = funs.externalFunEntry(
      module: try atom(module), function: try atom(function), arity: arity)
    precondition(
      Fun.words(free: 0) <= cursor.remainingWords, "a term is decoded where it was not measured")
    return cursor.makeFun(entry: entry, arity: arity, free: 0, creator: .nil, isExternal: true)
  }

  // MARK: - Maps

  /// Builds a map and its key tuple, whose slots are filled by turns.
  private func map(
    size: Int, offset: Int, for slot: UnsafeMutablePointer<UInt>, at cursor: inout WordCursor,
    _ stack: inout ScratchStack
  ) throws(ExternalFormatError) -> PendingSlots {
    guard size <= FlatMap.maximumSize else {
      throw .init(.unsupportedMapSize(size), offset: offset)
    }
    let words = reserve(Self.mapWords(size: size), at: &cursor)
    words[0] = Header.flatMap.bits
    words[1] = UInt(size)
    let keys = words + FlatMap.words(size: size)
    slot.pointee = Term.boxed(at: words).bits
    guard size > 0 else {
      words[2] = Term.emptyTuple.bits
      return PendingSlots(address: words, count: 0, kind: .adjacent)
    }
    words[2] = Term.boxed(at: keys).bits
    keys[0] = Header.tuple(arity: size).bits
    try stack.push(PendingSlots(address: words, count: 0, kind: .unsortedMap))
    for index in (0..<size).reversed() {
      try stack.push(PendingSlots(address: words + 3 + index, count: 1, kind: .adjacent))
      try stack.push(PendingSlots(address: keys + 1 + index, count: 1, kind: .adjacent))
    }
    return PendingSlots(address: words, count: 0, kind: .adjacent)
  }

  /// Sorts the keys of a map, and the values with them. Few keys, most often in order already.
  private func finishMap(
    _ map: UnsafeMutablePointer<UInt>, offset: Int
  ) throws(ExternalFormatError) {
    let size = FlatMap.size(at: map)
    let keys = FlatMap.keys(at: map).tupleElements
    let values = FlatMap.values(at: map)
    for index in 1..<max(1, size) {
      let key = keys[index]
      let value = values[index]
      var place = index
      while place > 0 {
        let order: Int
        do {
          order = try self.order.compareKeys(key, keys[place - 1])
        } catch {
          throw .init(.scratch(error), offset: offset)
        }
        if order == 0 { throw .init(.duplicateKey, offset: offset) }
        if order > 0 { break }
        keys[place] = keys[place - 1]
        values[place] = values[place - 1]
        place -= 1
      }
      keys[place] = key
      values[place] = value
    }
  }
}
