import Heaps
import Synchronization
import Terms

/// A process: an identity, a heap, a dictionary and a mailbox. All its memory returns with its end.
///
/// Owner thread only: one thread at a time runs a process, whichever it is. What others do to a
/// process, they do by its pid.
public struct Process: ~Copyable {
  /// The local pid.
  public let pid: Term
  /// Stack and heap.
  ///
  /// - Important: Its calls that take roots are to be called with the process, which has them by the
  ///   same names: those of the heap alone know nothing of the dictionary, the mailbox and the terms
  ///   kept from Swift, and leave them behind.
  public var heap: ProcessHeap
  /// The process dictionary; its terms are roots of every collection.
  public var dictionary: ProcessDictionary
  /// Who changes what it refers to takes it as a local first: with the thread sanitizer, Swift 6.3
  /// makes broken code of a change through a property of a mutating method's `self`.
  let record: ProcessRecord.Pointer
  /// The system that it is a process of.
  public let system: MemorySystem

  init(record: ProcessRecord.Pointer, heap: consuming ProcessHeap, system: MemorySystem) {
    pid = Term(bits: record.pointee.pid.load(ordering: .relaxed))
    dictionary = ProcessDictionary(allocator: system.processes.allocator)
    self.heap = heap
    self.record = record
    self.system = system
  }

  deinit {
    _ = record.pointee.takeBack()
    if !record.pointee.hasEnded { tellOfEnd(reason: .normal) }
    dropMailbox()
    leaveGroup()
    system.processes.end(record)
  }

  /// The embedder's own pointer, which its listener gets with the pid.
  public var context: UnsafeMutableRawPointer? {
    get { record.pointee.context }
    set { record.pointee.contextBits.store(UInt(bitPattern: newValue), ordering: .releasing) }
  }

  /// Makes sure that `words` can be built or pushed, collecting if they can't.
  ///
  /// As ``ProcessHeap/ensureFree(words:roots:)``, with what the process itself holds, its dictionary,
  /// its mailbox and the terms kept from Swift, among the roots.
  /// - Parameters:
  ///   - words: words of heap and stack together.
  ///   - roots: every other slot outside the stack that holds a term of this process.
  /// - Throws: ``HeapError``; the process is then whole.
  @inlinable @inline(__always)
  public mutating func ensureFree(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    if heap.state.pointee.hasRoom(words: words) { return }
    try makeRoom(words: words, roots: &roots)
  }

  /// The slow path of ``ensureFree(words:roots:)``.
  @inline(never)
  public mutating func makeRoom(
    words: Int, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    try withOwnRoots(and: &roots) { heap, roots throws(HeapError) in
      try heap.makeRoom(words: words, roots: &roots)
    }
  }

  /// Collects now, with the roots of ``ensureFree(words:roots:)``.
  /// - Parameters:
  ///   - fully: sweep both generations.
  ///   - roots: every other slot outside the stack that holds a term of this process.
  /// - Throws: ``HeapError``; the process is then as it was.
  public mutating func collectGarbage(
    fully: Bool = true, roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    try withOwnRoots(and: &roots) { heap, roots throws(HeapError) in
      try heap.collectGarbage(fully: fully, roots: &roots)
    }
  }

  /// Keeps a block that holds what lives, the stack among it, and no more: for a process that is
  /// idle. As ``ProcessHeap/trim(roots:)``, with the roots of ``ensureFree(words:roots:)``.
  /// - Parameter roots: every other slot outside the stack that holds a term of this process.
  /// - Throws: ``HeapError``; the heap is then as it was.
  public mutating func trim(roots: inout some RootSource & ~Copyable) throws(HeapError) {
    try withOwnRoots(and: &roots) { heap, roots throws(HeapError) in
      try heap.trim(roots: &roots)
    }
  }

  /// Drops the stack and keeps a block that holds what lives and no more (`hibernate/3`), with the
  /// roots of ``ensureFree(words:roots:)``. Whether messages wait, for which Erlang's goes on at once, is the
  /// caller's to look at.
  /// - Throws: ``HeapError``; the stack is gone all the same.
  public mutating func hibernate(
    roots: inout some RootSource & ~Copyable
  ) throws(HeapError) {
    let record = record
    record.pointee.queue.trim()
    heap.dropStack()
    try trim(roots: &roots)
  }

  /// Does what may collect with all roots, and what was asked for that needs them; tells those of a
  /// collection who want to know.
  @inline(__always)
  mutating func withOwnRoots<Roots: RootSource & ~Copyable>(
    and roots: inout Roots,
    _ body: (inout ProcessHeap, inout OwnAndOtherRoots<Roots>) throws(HeapError) -> Void
  ) throws(HeapError) {
    let watch = CollectionWatch(self)
    let areas = hasRequests ? takeUpLiteralRequests() : []
    let record = record
    try withUnsafeMutablePointer(to: &roots) { roots throws(HeapError) in
      var joined = OwnAndOtherRoots(dictionary: dictionary.slots, record: record, roots: roots)
      if !areas.isEmpty {
        try Self.answerLiteralRequests(areas, &heap, record, roots: &joined)
      }
      try body(&heap, &joined)
      if let watch { try look(watch, roots: &joined) }
    }
  }
}

/// What a process holds itself and an embedder's roots as one source.
struct OwnAndOtherRoots<Roots: RootSource & ~Copyable>: RootSource {
  var dictionary: RootSlots?
  let record: ProcessRecord.Pointer
  let roots: UnsafeMutablePointer<Roots>

  var owner: HeapOwner? {
    HeapOwner(
      pid: Term(bits: record.pointee.pid.load(ordering: .relaxed)),
      messageCount: record.pointee.queue.count)
  }

  mutating func visitSlots(_ visitor: inout SlotVisitor) {
    if var dictionary { dictionary.visitSlots(&visitor) }
    if var queue = record.pointee.queue.slots { queue.visitSlots(&visitor) }
    if var kept = record.pointee.handles?.slots { kept.visitSlots(&visitor) }
    visitor.visit(&record.pointee.exitReason, count: 1)
    roots.pointee.visitSlots(&visitor)
  }
}
