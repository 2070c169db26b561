import Terms

/// What holds terms outside a heap and shows its slots to a collection.
///
/// A process's stack is known to its heap; registers, dictionaries and whatever else an embedder
/// keeps terms in come as root sources. A collection may visit a source more than once and
/// rewrites the slots in place.
public protocol RootSource: ~Copyable {
  /// Calls ``SlotVisitor/visit(_:count:)`` for every run of slots that hold terms.
  ///
  /// Every visited slot holds a term, a header-tagged word (left alone) or ``Term/none``.
  mutating func visitSlots(_ visitor: inout SlotVisitor)
}

/// No roots: for heaps whose every term is on the stack.
public struct NoRoots: RootSource {
  /// Makes the empty source.
  public init() {}
  /// Visits nothing.
  public mutating func visitSlots(_ visitor: inout SlotVisitor) {}
}

/// A run of slots somewhere in memory as a root source.
public struct RootSlots: RootSource {
  /// The first slot.
  public var base: UnsafeMutablePointer<Term>
  /// How many slots hold terms.
  public var count: Int

  /// Makes a source of slots that the caller keeps alive.
  @inlinable
  public init(base: UnsafeMutablePointer<Term>, count: Int) {
    self.base = base
    self.count = count
  }

  /// Visits the slots.
  public mutating func visitSlots(_ visitor: inout SlotVisitor) {
    visitor.visit(base, count: count)
  }
}

/// What a collection does with the slots that a root source shows.
public struct SlotVisitor {
  enum Action {
    case evacuateYoung(UnsafeMutablePointer<MinorEvacuator>)
    case evacuateAll(UnsafeMutablePointer<FullEvacuator>)
    case rebase(Rebase)
    case verify(UnsafeMutablePointer<HeapVerifier>)
  }
  let action: Action

  /// Visits a run of slots: each may be rewritten.
  public mutating func visit(_ slots: UnsafeMutablePointer<Term>, count: Int) {
    let start = UnsafeMutableRawPointer(slots).assumingMemoryBound(to: UInt.self)
    switch action {
    case .evacuateYoung(let evacuator): evacuator.pointee.evacuateRoots(start, count: count)
    case .evacuateAll(let evacuator): evacuator.pointee.evacuateRoots(start, count: count)
    case .rebase(let rebase): rebase.slots(start, count: count)
    case .verify(let verifier): verifier.pointee.verifyRoots(start, count: count)
    }
  }
}
