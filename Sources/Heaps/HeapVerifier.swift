import Carriers
import Terms

/// Walks a whole heap and finds the first word that breaks a rule.
///
/// Independent of the evacuators: walks every object of both generations, live or dead, the
/// stack and the roots.
///
/// Not copyable, nor is what it looks at for each slot more than words: most heaps are verified in
/// debug builds, which copy and count references wherever they may.
struct HeapVerifier: ~Copyable, RootVisitor {
  private let young: ObjectStarts
  /// The fragments in the order of their addresses.
  private let fragments: [ObjectStarts]
  private let old: ObjectStarts
  private let mature: AddressRange
  private let literals: [LiteralArea]
  private var place = HeapDamage.Place.young
  /// What is wrong with a root.
  private var damageOfRoots: HeapDamage?

  private init(state: HeapState, literals: [LiteralArea]) {
    young = ObjectStarts(AddressRange(state.start, state.top))
    old = ObjectStarts(state.old.map { AddressRange($0.start, $0.top) } ?? .empty)
    var fragments: [ObjectStarts] = []
    state.fragments.forEach { fragments.append(ObjectStarts(AddressRange($0.start, $0.top))) }
    self.fragments = fragments.sorted { $0.range.start < $1.range.start }
    mature = state.mature
    self.literals = literals
  }

  deinit {
    young.free()
    old.free()
    for fragment in fragments { fragment.free() }
  }

  /// What is wrong with the heap that a state describes or with the roots that refer to it.
  ///
  /// The way to it is looked for only once it is found.
  /// - Parameters:
  ///   - findsCycles: look for objects that contain themselves, too, which no other check finds within
  ///     one generation: takes about as long as all the rest.
  ///   - reserve: the words that are to be free: fewer once something was pushed without a test.
  ///   - binaries: the ``HeapEnvironment/binaryBlocks``, among which each binary is to be that a handle
  ///     holds; nothing where that is not to be looked at.
  static func firstDamage(
    in state: HeapState, _ environment: HeapEnvironment, findsCycles: Bool, reserve: Int = 0,
    binaries: [UInt: Int]?, roots: inout some RootSource & ~Copyable
  ) -> HeapDamage? {
    do throws(HeapDamage) {
      try verifyBounds(state, reserve: reserve)
      var verifier = HeapVerifier(state: state, literals: environment.literals.snapshot)
      let contents = try verifier.markStarts()
      try verifier.verifyObjects(of: state)
      try verifier.verifyRoots(of: state, &roots)
      try OffHeapVerifier.verify(
        state, handles: (contents.young.handles, contents.old.handles), binaries: binaries)
      if contents.young.hasBits || contents.old.hasBits { try verifier.verifyBits(of: state) }
      if findsCycles { try verifier.findCycle() }
      return nil
    } catch {
      var damage = error
      damage.path =
        damage.place == .accounting
        ? nil : HeapPathSearch.path(to: damage.address, in: state, roots: &roots)
      return damage
    }
  }

  private static func verifyBounds(_ state: HeapState, reserve: Int) throws(HeapDamage) {
    func check(_ condition: Bool, _ problem: String) throws(HeapDamage) {
      try HeapDamage.unless(condition, HeapDamage(at: state.start, .accounting, problem))
    }
    try check(state.start <= state.highWater, "has its high-water mark below the heap")
    try check(state.highWater <= state.top, "has its high-water mark above the heap's top")
    try check(state.top <= state.stackTop, "has heap and stack overlap")
    try check(
      state.freeWords >= reserve, "has \(state.freeWords) words free of \(reserve) reserved")
    try check(state.stackTop <= state.end, "has its stack beyond the end of its block")
    if let old = state.old {
      try check(
        old.start <= old.top && old.top <= old.end, "has an old generation beyond its block")
    }
    var fragmentWords = 0
    state.fragments.forEach { fragmentWords += $0.top - $0.start }
    try check(
      fragmentWords == state.fragments.words,
      "counts \(state.fragments.words) words in fragments, which hold \(fragmentWords)")
    let allocated =
      state.tallies.allocatedWords + state.youngGenerationWords - state.mature.words
    let held = state.youngGenerationWords + (state.old?.usedWords ?? 0)
    try check(
      state.mature.words <= state.youngGenerationWords && held <= allocated,
      "counts \(allocated) words allocated, of which \(held) are there")
  }

  // MARK: - Objects and roots

  /// Finds where all objects begin, and what is among them.
  private func markStarts() throws(HeapDamage) -> (
    young: ObjectStarts.Contents, old: ObjectStarts.Contents
  ) {
    var inYoung = try young.mark(.young)
    for fragment in fragments {
      let contents = try fragment.mark(.fragment)
      inYoung.handles += contents.handles
      inYoung.hasBits = inYoung.hasBits || contents.hasBits
    }
    return (inYoung, try old.mark(.old))
  }

  /// What holds the objects of a heap, each under the name by which damage in it is told.
  private func spaces(
    of state: HeapState
  ) -> [(
    place: HeapDamage.Place, start: UnsafeMutablePointer<UInt>, top: UnsafeMutablePointer<UInt>
  )] {
    let mature = state.mature
    var spaces = [
      (HeapDamage.Place.mature, mature.pointer, mature.pointer + mature.words),
      (.young, state.highWater, state.top),
    ]
    for fragment in fragments {
      let range = fragment.range
      let start = range.pointer + (mature.contains(range.start) ? mature.words : 0)
      spaces.append((.fragment, start, range.pointer + range.words))
    }
    if let old = state.old { spaces.append((.old, old.start, old.top)) }
    return spaces
  }

  private mutating func verifyObjects(of state: HeapState) throws(HeapDamage) {
    for space in spaces(of: state) {
      place = space.place
      try verifyObjects(from: space.start, to: space.top)
    }
  }

  private func verifyObjects(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>
  ) throws(HeapDamage) {
    var scan = start
    while scan < top {
      let end = ObjectStarts.end(ofObjectAt: scan)
      // A block can hold mature objects and younger ones behind them.
      if end > top { throw HeapDamage(at: scan, place, ObjectStarts.beyondEnd(end - scan)) }
      var slot = ObjectStarts.terms(ofObjectAt: scan)
      while slot < end {
        if let problem = problem(withSlot: slot) { throw damage(slot, problem) }
        slot += 1
      }
      scan = end
    }
  }

  private mutating func verifyRoots(
    of state: HeapState, _ roots: inout some RootSource & ~Copyable
  ) throws(HeapDamage) {
    place = .stack
    visitRoots(state.stackTop, count: state.stackWords)
    place = .root
    SlotVisitor.handing(to: &self) { roots.visitSlots(&$0) }
    if let damageOfRoots { throw damageOfRoots }
  }

  /// Verifies a run of slots outside the heap.
  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    if damageOfRoots != nil { return }
    for index in 0..<max(count, 0) where base[index] & 3 != 0 {
      if let problem = problem(withSlot: base + index) {
        damageOfRoots = damage(base + index, problem)
        return
      }
    }
  }

  // Tells instead of throwing: debug builds clear the memory of an error that may come before each
  // call.
  private func problem(withSlot slot: UnsafeMutablePointer<UInt>) -> String? {
    let term = Term(bits: slot.pointee)
    if term.isImmediate {
      let isKnown = term.isKnownImmediate || (term.isCatch && place == .stack)
      return isKnown ? nil : "is no immediate"
    }
    if slot.pointee & 3 == 0 { return "of an object is no term" }
    if old.range.contains(term.bits) {
      if !old.contains(term.bits) { return "refers to the inside of an object" }
    } else if let space = youngSpace(of: term.bits) {
      if place == .old { return "of the old generation is young" }
      if place == .mature && !mature.contains(term.bits) { return "of a mature object is younger" }
      if !space.contains(term.bits) { return "refers to the inside of an object" }
    } else {
      let isLiteral =
        term.bits == Term.emptyTuple.bits || LiteralAreas.area(of: term.bits, in: literals) != nil
      if !isLiteral { return "is in no heap and no literal area" }
    }
    if term.isBoxed {
      if term.boxed[0] & 3 != 0 { return "refers to no header" }
    } else if term.cons[0].bits & 3 == 0 {
      return "refers to a cell with no head"
    }
    return nil
  }

  /// The young block or the fragment that an address is in.
  private func youngSpace(of bits: UInt) -> ObjectStarts? {
    if young.range.contains(bits) { return young }
    if fragments.isEmpty { return nil }
    return fragments.place(of: bits, in: { $0.range }).map { fragments[$0] }
  }

  private func damage(_ slot: UnsafeMutablePointer<UInt>, _ problem: String) -> HeapDamage {
    HeapDamage(at: slot, word: slot.pointee, place, problem)
  }

  // MARK: - Bit strings

  /// Verifies that each bit string shows bits of what it is part of: where all objects are whole,
  /// and all handles hold binaries.
  private mutating func verifyBits(of state: HeapState) throws(HeapDamage) {
    for space in spaces(of: state) {
      place = space.place
      try verifyBits(from: space.start, to: space.top)
    }
  }

  private func verifyBits(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>
  ) throws(HeapDamage) {
    var scan = start
    while scan < top {
      if let problem = BitVerifier.problem(with: scan) {
        throw HeapDamage(at: scan, place, problem)
      }
      scan = ObjectStarts.end(ofObjectAt: scan)
    }
  }

  // MARK: - Cycles

  private func findCycle() throws(HeapDamage) {
    var spaces: [(ObjectStarts, HeapDamage.Place)] = [(young, .young)]
    spaces += fragments.map { ($0, .fragment) }
    if !old.range.isEmpty { spaces.append((old, .old)) }
    var search = CycleSearch(spaces: spaces)
    try search.run()
  }
}

extension Term {
  /// Whether an immediate word is a value that an object may hold.
  var isKnownImmediate: Bool { isSmall || isAtom || isNil || isLocalPid || isLocalPort }
}

extension ProcessHeap {
  /// Verifies every object of both generations, the stack and the roots, and traps at the first
  /// word that no term may be, with what ``firstDamage(findsBinaries:roots:)`` says.
  /// - Parameter roots: every slot outside the stack that holds a term of this heap.
  /// - Complexity: linear in the words of the heap, the dead ones included.
  public mutating func verify(roots: inout some RootSource & ~Copyable) {
    if let damage = firstDamage(roots: &roots) { fatalError(damage.description) }
  }

  /// What is wrong with the heap, and how a root leads there; nothing where all is well.
  ///
  /// Looks at every object of both generations and of the fragments, dead or alive, at the stack,
  /// at the roots, at the list of objects that hold something outside, and at what is counted.
  /// - Parameters:
  ///   - findsBinaries: whether each binary that a handle holds is looked for among all that there
  ///     are, without which a handle that was overwritten may lead anywhere.
  ///   - roots: every slot outside the stack that holds a term of this heap.
  /// - Complexity: linear in the words of the heap, the dead ones included; where it has handles and
  ///   looks for binaries, in the blocks of the system.
  public mutating func firstDamage(
    findsBinaries: Bool = true, roots: inout some RootSource & ~Copyable
  ) -> HeapDamage? {
    let looks = findsBinaries && state.pointee.offHeap.first != 0
    return HeapVerifier.firstDamage(
      in: state.pointee, environment, findsCycles: true,
      binaries: looks ? environment.binaryBlocks : nil, roots: &roots)
  }

  /// What the lever does after each collection: all of ``verify(roots:)`` but what takes longer.
  func verifyAfterCollection(roots: inout some RootSource & ~Copyable) {
    let damage = HeapVerifier.firstDamage(
      in: state.pointee, environment, findsCycles: false, reserve: HeapSizes.reservedWords,
      binaries: nil, roots: &roots)
    if let damage { fatalError(damage.description) }
  }
}
