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

  /// Whose heap it is that these are roots of, which listeners are told; nobody's by default.
  var owner: HeapOwner? { get }
}

extension RootSource where Self: ~Copyable {
  /// Nobody.
  public var owner: HeapOwner? { nil }
}

/// Whose heap a collection is of, as listeners are told.
public struct HeapOwner: Equatable, Sendable, CustomStringConvertible {
  /// The pid of the process.
  public let pid: Term
  /// The messages that it has fetched and not received.
  public let messageCount: Int

  /// Names an owner.
  public init(pid: Term, messageCount: Int) {
    self.pid = pid
    self.messageCount = messageCount
  }

  /// The pid as Erlang writes it.
  public var description: String {
    let number = pid.identifierNumber
    return "<0.\(LocalIdentifier.identifier(of: number)).\(LocalIdentifier.serial(of: number))>"
  }
}

/// No roots: for heaps whose every term is on the stack.
public struct NoRoots: RootSource {
  /// The thread sanitizer is told of the address of all that is changed by a function, and what has
  /// no bytes has none.
  private let byte: UInt8 = 0

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
  private let visitor: UnsafeMutableRawPointer
  /// Captures nothing: so what it calls is made for the type of the visitor, and no call goes
  /// through a witness. Most of a collection may run in here.
  private let visitRun: (UnsafeMutableRawPointer, UnsafeMutablePointer<UInt>, Int) -> Void

  /// Calls with a visitor of slots that hands each run on.
  @inline(__always)
  static func handing<Visitor: RootVisitor & ~Copyable>(
    to visitor: inout Visitor, _ show: (inout SlotVisitor) -> Void
  ) {
    withUnsafeMutablePointer(to: &visitor) { visitor in
      var slots = SlotVisitor(visitor: visitor) { visitor, base, count in
        visitor.assumingMemoryBound(to: Visitor.self).pointee.visitRoots(base, count: count)
      }
      show(&slots)
    }
  }

  /// Visits a run of slots: each may be rewritten.
  public mutating func visit(_ slots: UnsafeMutablePointer<Term>, count: Int) {
    let start = UnsafeMutableRawPointer(slots).assumingMemoryBound(to: UInt.self)
    visitRun(visitor, start, count)
  }
}

/// Does something with runs of root slots.
protocol RootVisitor: ~Copyable {
  /// Visits a run; each slot may be rewritten.
  mutating func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int)
}
