import Terms

extension ProcessHeap {
  /// Copies onto this heap what it still uses of an area of literals, as of several.
  /// - Returns: whether anything was copied.
  /// - Throws: ``HeapError``; the heap then refers to the area as before.
  @discardableResult
  public mutating func copyLiterals(
    of area: LiteralArea, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) -> Bool {
    try copyLiterals(of: [area], roots: &roots)
  }

  /// Copies onto this heap what it still uses of areas of literals, so that the areas can be
  /// released.
  ///
  /// Where only garbage refers to them, a full sweep is all that is done. Else the words of those
  /// that are used are copied into a fragment as they stand, what refers to them is corrected by the
  /// distance, and a full sweep moves what lives of the fragment into the heap. (ERTS copies term
  /// by term into an old heap of its own, and restores the area: "Literal area collector" in
  /// `erl_gc.c` of OTP 25.)
  /// - Parameters:
  ///   - areas: areas of the system of this heap, each once.
  ///   - roots: every slot outside the stack that holds a term of this heap.
  /// - Returns: whether anything was copied.
  /// - Throws: ``HeapError``; the heap then refers to the areas as before.
  /// - Complexity: linear in the words of the heap, times the logarithm of the number of areas, and
  ///   in the words of the areas that are used.
  /// - Precondition: not within ``withoutCollecting(_:)``.
  @discardableResult
  public mutating func copyLiterals(
    of areas: [LiteralArea], roots: inout some RootSource & ~Copyable
  ) throws(HeapError) -> Bool {
    precondition(state.pointee.delays == 0, "literals copied where no collection may run")
    let areas = areas.filter { $0.block != nil }.sorted { $0.range.start < $1.range.start }
    if used(of: areas, roots: &roots).isEmpty { return false }
    try collectGarbage(fully: true, roots: &roots)
    let used = used(of: areas, roots: &roots)
    if used.isEmpty { return false }

    var fragment = try HeapFragment(
      environment: environment, words: used.reduce(0) { $0 + $1.words })
    var moves = LiteralMoves()
    for area in used { moves.append(from: area.range, to: fragment.copy(of: area)) }
    attach(fragment)
    correct(&moves, roots: &roots)
    do {
      try collectGarbage(fully: true, roots: &roots)
    } catch {
      // What refers to the areas does so again; the copies are garbage.
      var back = moves.inverse
      correct(&back, roots: &roots)
      throw error
    }
    return true
  }

  /// Those of some areas that anything on the heap, dead or alive, the stack or a root refers to.
  private func used(
    of areas: [LiteralArea], roots: inout some RootSource & ~Copyable
  ) -> [LiteralArea] {
    var search = LiteralSearch(areas: areas)
    search.visitRoots(state.pointee.stackTop, count: state.pointee.stackWords)
    SlotVisitor.handing(to: &search) { roots.visitSlots(&$0) }
    state.pointee.forEachSpace { search.visitObjects(from: $0, to: $1) }
    return search.found
  }

  /// Corrects every term of the heap's block, which is all of the heap.
  private func correct(_ moves: inout LiteralMoves, roots: inout some RootSource & ~Copyable) {
    let heap = state.pointee
    moves.visitRoots(heap.stackTop, count: heap.stackWords)
    SlotVisitor.handing(to: &moves) { roots.visitSlots(&$0) }
    ObjectStarts.forEachTerm(from: heap.start, to: heap.top, moves.correct)
  }
}

extension HeapFragment {
  /// Copies an area's words and takes references of its own to what its objects hold.
  fileprivate mutating func copy(of area: LiteralArea) -> UnsafeMutablePointer<UInt> {
    build { cursor, list in
      let source = area.range.pointer
      let copy = cursor.reserve(area.words)
      copy.update(from: source, count: area.words)
      Rebase(from: source, words: area.words, to: copy)
        .objects(from: copy, to: copy + area.words)
      var next = area.offHeap.first
      while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
        next = OffHeapObject.next(of: object)
        OffHeapObject.target(of: object).retain()
        list.push(copy + (object - source))
      }
      return copy
    }
  }
}

extension Message {
  /// Whether its term, or anything in its blocks, refers to one of some areas.
  /// - Complexity: O(words), times the logarithm of the number of areas.
  package func refers(to areas: [LiteralArea]) -> Bool {
    var search = LiteralSearch(areas: areas.sorted { $0.range.start < $1.range.start })
    var word = term.bits
    search.visitRoots(&word, count: 1)
    fragments.forEach { search.visitObjects(from: $0.start, to: $0.top) }
    return !search.found.isEmpty
  }
}

/// Looks for terms that refer to areas, which are in the order of their addresses.
private struct LiteralSearch: RootVisitor {
  let areas: [LiteralArea]
  /// All addresses of the areas, and what is between them: most terms are in none.
  private let hull: AddressRange
  private var isFound: [Bool]

  init(areas: [LiteralArea]) {
    self.areas = areas
    isFound = [Bool](repeating: false, count: areas.count)
    hull =
      if let first = areas.first, let last = areas.last {
        AddressRange(from: first.range, to: last.range)
      } else { .empty }
  }

  /// Those that something refers to.
  var found: [LiteralArea] { areas.indices.filter { isFound[$0] }.map { areas[$0] } }

  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) { visit(base[index]) }
  }

  mutating func visitObjects(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>
  ) {
    ObjectStarts.forEachTerm(from: start, to: top) { visit($0.pointee) }
  }

  private mutating func visit(_ bits: UInt) {
    guard bits & 3 == 1 || bits & 3 == 2, hull.contains(bits) else { return }
    if let place = areas.place(of: bits, in: { $0.range }) { isFound[place] = true }
  }
}

/// Where areas were copied to, in the order of the addresses of what is corrected.
private struct LiteralMoves: RootVisitor {
  private var moves: [(range: AddressRange, delta: UInt)] = []

  mutating func append(from range: AddressRange, to copy: UnsafeMutablePointer<UInt>) {
    moves.append((range, UInt(bitPattern: copy) &- range.start))
  }

  /// The way back. The copies stand one behind the other in the same order.
  var inverse: LiteralMoves {
    var inverse = self
    inverse.moves = moves.map { move in
      let copy = UnsafeMutablePointer<UInt>(bitPattern: move.range.start &+ move.delta)
        .unsafelyUnwrapped
      return (AddressRange(copy, copy + move.range.words), 0 &- move.delta)
    }
    return inverse
  }

  func correct(_ slot: UnsafeMutablePointer<UInt>) {
    let bits = slot.pointee
    guard bits & 3 == 1 || bits & 3 == 2,
      let place = moves.place(of: bits, in: { $0.range })
    else { return }
    slot.pointee = bits &+ moves[place].delta
  }

  func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) { correct(base + index) }
  }
}
