import Terms

/// What of a term goes into a message: the objects of the sender's heap. All else that it refers to
/// are literals, which the receiver sees as well: only those go along whose area is in release, or
/// all of them, where the message may be kept for any time.
struct SenderSpaces: CopyBoundary {
  let young: AddressRange
  let old: AddressRange
  private let hasFragments: Bool
  /// The fragment in front: most often that of the message which was received last.
  private let newestFragment: AddressRange
  private let rare: UnsafeMutablePointer<Rare>

  /// What is looked at where an object stands in neither generation.
  struct Rare {
    unowned(unsafe) let environment: HeapEnvironment
    /// Whether all literals are copied.
    let takesLiterals: Bool
    /// Literals as they were when first asked for.
    var literals: [LiteralArea]?
    /// Areas in release, as they were when first asked for: while a copy is measured and made, they
    /// stay the same.
    var leaving: [AddressRange]?
    /// The area of the last literal that was met and is not copied: the next one is often one of the
    /// same module.
    var outside = AddressRange.empty
  }

  init(_ heap: UnsafeMutablePointer<HeapState>, rare: UnsafeMutablePointer<Rare>) {
    young = AddressRange(heap.pointee.start, heap.pointee.end)
    old = heap.pointee.old.map { AddressRange($0.start, $0.end) } ?? .empty
    hasFragments = !heap.pointee.fragments.isEmpty
    newestFragment = heap.pointee.fragments.newest
    self.rare = rare
  }

  /// Whether the object of a cons or boxed term is copied.
  @inline(__always)
  func copies(_ bits: UInt) -> Bool {
    young.contains(bits) || old.contains(bits) || copiesBeside(bits)
  }

  @usableFromInline @inline(__always)
  func leaves(_ term: Term) -> Bool { !copies(term.bits) }

  @inline(never)
  private func copiesBeside(_ bits: UInt) -> Bool {
    if newestFragment.contains(bits) { return true }
    if rare.pointee.outside.contains(bits) || bits == Term.emptyTuple.bits { return false }
    return rare.pointee.takesLiterals || copiesOutside(bits)
  }

  /// Whether an object is copied of which it is not known whether it is a literal.
  @inline(never)
  private func copiesOutside(_ bits: UInt) -> Bool {
    let literals = rare.pointee.literals ?? rare.pointee.environment.literals.snapshot
    rare.pointee.literals = literals
    let area = LiteralAreas.area(of: bits, in: literals)
    // Fragments may be many, so it is the literals that are looked through.
    if hasFragments && area == nil { return true }
    assert(area != nil, "the word 0x\(String(bits, radix: 16)) is no term of the sender")
    let leaving = rare.pointee.leaving ?? rare.pointee.environment.literals.leavingRanges
    rare.pointee.leaving = leaving
    if !leaving.isEmpty && leaving.place(of: bits, in: { $0 }) != nil { return true }
    if let area { rare.pointee.outside = area.range }
    return false
  }

  /// The area of the last literal that was met and stays where it is.
  var outside: AddressRange { rare.pointee.outside }
}

extension ProcessHeap {
  /// Calls with what of this heap goes into a message.
  /// - Parameter takesLiterals: whether all literals do.
  @inline(__always)
  func withSenderSpaces<Result, Failure: Error>(
    takingLiterals takesLiterals: Bool = false,
    _ body: (SenderSpaces) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var rare = SenderSpaces.Rare(environment: environment, takesLiterals: takesLiterals)
    return try withUnsafeMutablePointer(to: &rare) { rare throws(Failure) in
      try body(SenderSpaces(state, rare: rare))
    }
  }
}
