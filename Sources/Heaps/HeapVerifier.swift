import Carriers
import Terms

/// Walks a whole heap and traps at the first word that breaks a rule.
///
/// Independent of the evacuators: walks every object of both generations, live or dead, the
/// stack and the roots.
struct HeapVerifier: RootVisitor {
  private let young: ObjectStarts
  /// The fragments in the order of their addresses.
  private let fragments: [ObjectStarts]
  private let old: ObjectStarts?
  private let mature: AddressRange
  private let literals: LiteralAreas
  private var place = Place.young

  /// Where a word stands that is being checked.
  private enum Place: String { case young, mature, old, stack, root }

  init(state: HeapState, literals: LiteralAreas) {
    young = ObjectStarts(from: state.start, to: state.top)
    old = state.old.map { ObjectStarts(from: $0.start, to: $0.top) }
    var fragments: [ObjectStarts] = []
    state.fragments.forEach { fragments.append(ObjectStarts(from: $0.start, to: $0.top)) }
    self.fragments = fragments.sorted { $0.range.start < $1.range.start }
    mature = state.mature
    self.literals = literals
  }

  /// Verifies the heap that a state describes and the roots that refer to it.
  static func verify(
    _ state: HeapState, literals: LiteralAreas, roots: inout some RootSource & ~Copyable
  ) {
    verifyPointers(state)
    OffHeapVerifier.verify(state)
    var verifier = HeapVerifier(state: state, literals: literals)
    verifier.place = .mature
    verifier.verifyObjects(
      from: state.mature.pointer, to: state.mature.pointer + state.mature.words)
    verifier.place = .young
    verifier.verifyObjects(from: state.highWater, to: state.top)
    state.fragments.forEach { fragment in
      let isMature = state.mature.contains(UInt(bitPattern: fragment.start))
      verifier.verifyObjects(
        from: fragment.start + (isMature ? state.mature.words : 0), to: fragment.top)
    }
    if let old = state.old {
      verifier.place = .old
      verifier.verifyObjects(from: old.start, to: old.top)
    }
    verifier.place = .stack
    verifier.visitRoots(state.stackTop, count: state.stackWords)
    verifier.place = .root
    SlotVisitor.handing(to: &verifier) { roots.visitSlots(&$0) }
  }

  private static func verifyPointers(_ state: HeapState) {
    precondition(state.start <= state.highWater, "high-water mark below the heap")
    precondition(state.highWater <= state.top, "high-water mark above the heap's top")
    precondition(state.top <= state.stackTop, "heap and stack overlap")
    precondition(state.stackTop <= state.end, "stack beyond the end of its block")
  }

  private func verifyObjects(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>
  ) {
    var scan = start
    while scan < top {
      let (terms, end) = ObjectStarts.termsOfObject(at: scan, before: top)
      var slot = terms
      while slot < end {
        let bits = slot.pointee
        precondition(bits & 3 != 0, describe(bits, slot, "of an object is no term"))
        verifyTerm(bits, at: slot)
        slot += 1
      }
      scan = end
    }
  }

  /// Verifies a run of slots outside the heap.
  func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) where base[index] & 3 != 0 {
      verifyTerm(base[index], at: base + index)
    }
  }

  private func verifyTerm(_ bits: UInt, at slot: UnsafeMutablePointer<UInt>) {
    let term = Term(bits: bits)
    if term.isImmediate {
      let isKnown =
        term.isSmall || term.isAtom || term.isNil || term.isLocalPid || term.isLocalPort
        || (term.isCatch && place == .stack)
      precondition(isKnown, describe(bits, slot, "is no immediate"))
      return
    }
    if let space = youngSpace(of: bits) {
      precondition(place != .old, describe(bits, slot, "of the old generation is young"))
      precondition(
        place != .mature || mature.contains(bits),
        describe(bits, slot, "of a mature object is younger"))
      precondition(space.contains(bits), describe(bits, slot, "refers to the inside of an object"))
    } else if let old, old.range.contains(bits) {
      precondition(old.contains(bits), describe(bits, slot, "refers to the inside of an object"))
    } else {
      let isLiteral = bits == Term.emptyTuple.bits || literals.contains(bits)
      precondition(isLiteral, describe(bits, slot, "is in no heap and no literal area"))
    }
    if term.isBoxed {
      let header = term.boxed[0]
      precondition(header & 3 == 0, describe(bits, slot, "refers to no header"))
    } else {
      precondition(
        term.cons[0].bits & 3 != 0, describe(bits, slot, "refers to a cell with no head"))
    }
  }

  /// The young block or the fragment that an address is in.
  private func youngSpace(of bits: UInt) -> ObjectStarts? {
    if young.range.contains(bits) { return young }
    var (low, high) = (0, fragments.count)
    while low < high {
      let middle = (low + high) / 2
      if fragments[middle].range.start <= bits { low = middle + 1 } else { high = middle }
    }
    return low > 0 && fragments[low - 1].range.contains(bits) ? fragments[low - 1] : nil
  }

  private func describe(
    _ bits: UInt, _ slot: UnsafeMutablePointer<UInt>, _ complaint: String
  ) -> String {
    "heap verifier: the word 0x\(String(bits, radix: 16)) at \(slot) (\(place.rawValue)) \(complaint)"
  }
}

extension ProcessHeap {
  /// Verifies every object of both generations, the stack and the roots, and traps at the first
  /// word that no term may be.
  /// - Parameter roots: every slot outside the stack that holds a term of this heap.
  /// - Complexity: linear in the words of the heap, the dead ones included.
  public mutating func verify(roots: inout some RootSource & ~Copyable) {
    HeapVerifier.verify(state.pointee, literals: environment.literals, roots: &roots)
  }
}
