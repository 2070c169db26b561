import Terms

extension ProcessHeap {
  /// Copies onto this heap what it still uses of an area of literals, so that the area can be
  /// released.
  ///
  /// Where only garbage refers to the area, a full sweep is all that is done. Else the words of the
  /// area are copied into a fragment as they stand, what refers to the area is corrected by the
  /// distance, and a full sweep moves what lives of the fragment into the heap. (ERTS copies term
  /// by term into an old heap of its own, and restores the area: "Literal area collector" in
  /// `erl_gc.c` of OTP 25.)
  /// - Parameters:
  ///   - area: the area, of the system of this heap.
  ///   - roots: every slot outside the stack that holds a term of this heap.
  /// - Returns: whether anything was copied.
  /// - Throws: ``HeapError``; the heap then refers to the area as before.
  /// - Complexity: linear in the words of the heap, and of the area where it is used.
  /// - Precondition: not within ``withoutCollecting(_:)``.
  @discardableResult
  public mutating func copyLiterals(
    of area: LiteralArea, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) -> Bool {
    precondition(state.pointee.delays == 0, "literals copied where no collection may run")
    if !refers(to: area, roots: &roots) { return false }
    try collectGarbage(fully: true, roots: &roots)
    if !refers(to: area, roots: &roots) { return false }

    var fragment = try HeapFragment(environment: environment, words: area.words)
    let copy = fragment.copy(of: area)
    attach(fragment)
    var rebase = Rebase(from: area.range.pointer, words: area.words, to: copy)
    correct(&rebase, roots: &roots)
    do {
      try collectGarbage(fully: true, roots: &roots)
    } catch {
      // What refers to the area does so again; the copy is garbage.
      var back = Rebase(from: copy, words: area.words, to: area.range.pointer)
      correct(&back, roots: &roots)
      throw error
    }
    return true
  }

  /// Whether anything on the heap, dead or alive, the stack or a root refers to an area.
  private func refers(
    to area: LiteralArea, roots: inout some RootSource & ~Copyable
  ) -> Bool {
    var search = LiteralSearch(range: area.range)
    search.visitRoots(state.pointee.stackTop, count: state.pointee.stackWords)
    SlotVisitor.handing(to: &search) { roots.visitSlots(&$0) }
    state.pointee.forEachSpace { search.visitObjects(from: $0, to: $1) }
    return search.isFound
  }

  /// Corrects every term of the heap's block, which is all of the heap.
  private func correct(_ rebase: inout Rebase, roots: inout some RootSource & ~Copyable) {
    let heap = state.pointee
    rebase.visitRoots(heap.stackTop, count: heap.stackWords)
    SlotVisitor.handing(to: &rebase) { roots.visitSlots(&$0) }
    rebase.objects(from: heap.start, to: heap.top)
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
  /// Whether its term, or anything in its blocks, refers to an area.
  /// - Complexity: O(words).
  package func refers(to area: LiteralArea) -> Bool {
    var search = LiteralSearch(range: area.range)
    var word = term.bits
    search.visitRoots(&word, count: 1)
    fragments.forEach { search.visitObjects(from: $0.start, to: $0.top) }
    return search.isFound
  }
}

/// Looks for a term that refers to a range.
private struct LiteralSearch: RootVisitor {
  let range: AddressRange
  private(set) var isFound = false

  init(range: AddressRange) { self.range = range }

  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) { visit(base[index]) }
  }

  mutating func visitObjects(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>
  ) {
    ObjectStarts.forEachTerm(from: start, to: top) { visit($0.pointee) }
  }

  private mutating func visit(_ bits: UInt) {
    if bits & 3 == 1 || bits & 3 == 2, range.contains(bits) { isFound = true }
  }
}
