import Terms

/// Walks objects that stand in blocks beside all heaps, messages and literals, and finds the first word
/// that breaks a rule.
struct BlockVerifier: ~Copyable {
  private let place: HeapDamage.Place
  /// In the order of their addresses.
  private let blocks: [ObjectStarts]
  /// What the objects may refer to besides each other.
  private let literals: [LiteralArea]

  init(_ ranges: [AddressRange], _ place: HeapDamage.Place, literals: [LiteralArea]) {
    self.place = place
    self.literals = literals
    blocks = ranges.filter { !$0.isEmpty }.sorted { $0.start < $1.start }.map { ObjectStarts($0) }
  }

  deinit { for block in blocks { block.free() } }

  /// Verifies that all objects are whole, that their terms are terms, and that the list of those that
  /// hold something outside has each of them once.
  func verify(_ list: OffHeapList) throws(HeapDamage) {
    var handles = 0
    for block in blocks { handles += try block.mark(place).handles }
    for block in blocks {
      var scan = block.range.pointer
      let top = scan + block.range.words
      while scan < top {
        let end = ObjectStarts.end(ofObjectAt: scan)
        var slot = ObjectStarts.terms(ofObjectAt: scan)
        while slot < end {
          try verifyTerm(at: slot)
          slot += 1
        }
        scan = end
      }
    }
    var next = list.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      let isThere = blocks.place(of: next) { $0.range }.map { blocks[$0].contains(next) }
      // More than there are: one is listed twice, or the list runs in a circle.
      if isThere != true || Header(bits: object[0]).subtag != .binaryHandle || handles == 0 {
        throw HeapDamage(at: object, place, "is on the off-heap list and is none of its handles")
      }
      handles -= 1
      next = OffHeapObject.next(of: object)
    }
    if handles != 0, let first = blocks.first {
      throw HeapDamage(
        at: first.range.start, place, "has \(handles) handles that are not on the off-heap list")
    }
  }

  /// Verifies the term of a slot, be it in the blocks or elsewhere, where the objects were verified.
  func verifyTerm(at slot: UnsafeMutablePointer<UInt>) throws(HeapDamage) {
    let term = Term(bits: slot.pointee)
    if term.isImmediate {
      if term.isKnownImmediate { return }
      throw damage(slot, "is no immediate")
    }
    if term.bits & 3 == 0 { throw damage(slot, "of an object is no term") }
    if term.bits == Term.emptyTuple.bits { return }
    if let place = blocks.place(of: term.bits, in: { $0.range }) {
      if blocks[place].contains(term.bits) { return }
      throw damage(slot, "refers to the inside of an object")
    }
    if LiteralAreas.area(of: term.bits, in: literals) == nil {
      throw damage(slot, "is in no block of its own and no literal area")
    }
  }

  private func damage(_ slot: UnsafeMutablePointer<UInt>, _ problem: String) -> HeapDamage {
    HeapDamage(at: slot, word: slot.pointee, place, problem)
  }
}

extension LiteralAreas {
  /// What is wrong with the first area that has a wrong word: one that refers to another area included.
  /// - Complexity: linear in the words of all areas.
  package func firstDamage() -> HeapDamage? {
    for area in snapshot {
      do {
        try BlockVerifier([area.range], .literal, literals: []).verify(area.offHeap)
      } catch {
        return error
      }
    }
    return nil
  }
}

extension HeapEnvironment {
  /// What is wrong with a message on its way.
  /// - Complexity: linear in its words.
  package func firstDamage(in message: Message) -> HeapDamage? {
    var ranges: [AddressRange] = []
    message.fragments.forEach { ranges.append(AddressRange($0.start, $0.top)) }
    do {
      let verifier = BlockVerifier(ranges, .message, literals: literals.snapshot)
      try verifier.verify(message.offHeap)
      try verifier.verifyTerm(at: message.record + 1)
      return nil
    } catch {
      return error
    }
  }

  /// What is wrong with the heap that a state describes, as ``ProcessHeap/firstDamage(findsBinaries:roots:)``.
  /// - Parameter binaries: the ``binaryBlocks``.
  package func firstDamage(
    inHeapAt state: UnsafeMutablePointer<HeapState>, binaries: [UInt: Int],
    roots: inout some RootSource & ~Copyable
  ) -> HeapDamage? {
    HeapVerifier.firstDamage(
      in: state.pointee, self, findsCycles: true, binaries: binaries, roots: &roots)
  }
}
