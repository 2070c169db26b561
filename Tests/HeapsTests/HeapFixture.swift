import Carriers
import Heaps
import TestKit
import Terms

/// A heap with a few root slots, compared with a model of itself across collections.
final class HeapFixture {
  let allocator: BlockAllocator
  let environment: HeapEnvironment
  var heap: ProcessHeap
  let roots: UnsafeMutablePointer<Term>
  let rootCount: Int

  init(
    rootCount: Int = 8, levers: HeapLevers = HeapLevers(),
    memory: MemoryConfiguration = MemoryConfiguration(), options: HeapOptions = HeapOptions(),
    listener: (any CollectionListener)? = nil, allocator: BlockAllocator? = nil
  ) throws {
    let allocator = allocator ?? BlockAllocator(configuration: memory)
    self.allocator = allocator
    environment = HeapEnvironment(allocator: allocator, levers: levers, listener: listener)
    heap = try ProcessHeap(environment: environment, options: options)
    roots = .allocate(capacity: rootCount)
    roots.initialize(repeating: .nil, count: rootCount)
    self.rootCount = rootCount
  }

  deinit { roots.deallocate() }

  var rootSlots: RootSlots { RootSlots(base: roots, count: rootCount) }

  /// Roots for calls that cannot collect.
  var emptyRoots: NoRoots {
    get { NoRoots() }
    set {}
  }

  /// The roots and the stack from its top on.
  var terms: [Term] {
    let state = heap.state.pointee
    let stack = UnsafeMutableRawPointer(state.stackTop).assumingMemoryBound(to: Term.self)
    return Array(UnsafeBufferPointer(start: roots, count: rootCount))
      + Array(UnsafeBufferPointer(start: stack, count: state.stackWords))
  }

  func ensure(_ words: Int) throws {
    var slots = rootSlots
    try heap.ensureFree(words: words, roots: &slots)
  }

  func collect(fully: Bool) throws {
    var slots = rootSlots
    try heap.collectGarbage(fully: fully, roots: &slots)
  }

  /// Collects and says what is not as before, or nothing.
  func differenceAfterCollecting(fully: Bool) throws -> String? {
    var model = ModelHeap()
    var expected: [ModelTerm] = []
    model = ModelHeap(reading: terms, of: heap, roots: &expected)
    try collect(fully: fully)
    var slots = rootSlots
    heap.verify(roots: &slots)
    return model.firstDifference(of: expected, from: terms)
  }

  /// What the verifier says of the heap, or of who holds its binaries.
  var damage: HeapDamage? {
    var slots = rootSlots
    if let damage = heap.firstDamage(roots: &slots) { return damage }
    var census = ReferenceCensus()
    census.count(heap)
    census.count(environment.literals)
    return census.firstDamage(in: environment)
  }

  /// The collections so far.
  var collections: Int { heap.counters.minorCollections + heap.counters.fullSweeps }

  /// Whether a term's object stands in the old generation.
  func isOld(_ term: Term) -> Bool {
    guard let old = heap.state.pointee.old else { return false }
    return (UInt(bitPattern: old.start)..<UInt(bitPattern: old.top)).contains(term.address)
  }

  /// Whether a term's object stands in the young heap.
  func isYoung(_ term: Term) -> Bool {
    let state = heap.state.pointee
    return (UInt(bitPattern: state.start)..<UInt(bitPattern: state.top)).contains(term.address)
  }
}

/// The kinds of objects and one of each.
enum ObjectKind: String, CaseIterable, Sendable {
  case cons, improperCons, tuple1, tuple2, tuple3, tuple4, tuple40, float, bigInteger
  case negativeBigInteger, emptyBinary, binary, emptyMap, map, fun, closure, reference, subBinary

  var words: Int {
    switch self {
    case .cons, .improperCons, .tuple1, .float, .emptyBinary, .bigInteger: 2
    case .tuple2, .emptyMap, .reference: 3
    case .tuple3: 4
    case .tuple4: 5
    case .tuple40: 41
    case .negativeBigInteger: 6
    case .binary: 4
    case .map: 5 + 3
    case .fun: 5
    case .closure: 8
    case .subBinary: 4 + SubBinary.words
    }
  }

  /// Builds one whose slots, where it has any, hold a given term.
  func build(_ cursor: inout WordCursor, holding inner: Term) -> Term {
    switch self {
    case .cons: return cursor.makeCons(inner, .nil)
    case .improperCons: return cursor.makeCons(.small(1), inner)
    case .tuple1: return tuple(1, &cursor, inner)
    case .tuple2: return tuple(2, &cursor, inner)
    case .tuple3: return tuple(3, &cursor, inner)
    case .tuple4: return tuple(4, &cursor, inner)
    case .tuple40: return tuple(40, &cursor, inner)
    case .float: return cursor.makeFloat(1.5)
    case .bigInteger: return raw(&cursor, .bigInteger(digits: 1, isNegative: false), inner)
    case .negativeBigInteger: return raw(&cursor, .bigInteger(digits: 5, isNegative: true), inner)
    case .emptyBinary: return cursor.makeHeapBinary(UnsafeRawBufferPointer(start: nil, count: 0))
    case .binary:
      let bytes: [UInt8] = Array(1...13)
      return bytes.withUnsafeBytes { cursor.makeHeapBinary($0) }
    case .emptyMap: return map([], &cursor)
    case .map: return map([.small(3), inner], &cursor)
    case .fun: return cursor.makeFun(entry: inner.bits, arity: 2, free: 0, creator: .pid(1))
    case .closure:
      let fun = cursor.makeFun(entry: inner.bits, arity: 2, free: 3, creator: .pid(1))
      for place in 1...3 { Fun.terms(at: fun.boxed)[place] = inner.bits }
      return fun
    case .reference: return raw(&cursor, Header(.reference, arity: 2), inner)
    case .subBinary:
      let binary = ObjectKind.binary.build(&cursor, holding: inner)
      // Not whole bytes, so that a collection leaves it a part.
      return cursor.makeSubBinary(of: binary, bitOffset: 9, bitCount: 24)
    }
  }

  private func tuple(_ arity: Int, _ cursor: inout WordCursor, _ inner: Term) -> Term {
    let words = cursor.makeTuple(arity: arity)
    for place in 1...arity { words[place] = place % 2 == 0 ? Term.small(place).bits : inner.bits }
    return .boxed(at: words)
  }

  /// An object of raw words that all look like a term of the heap.
  private func raw(_ cursor: inout WordCursor, _ header: Header, _ inner: Term) -> Term {
    let words = cursor.reserve(1 + header.arity)
    words[0] = header.bits
    for place in 1...header.arity { words[place] = inner.bits }
    return .boxed(at: words)
  }

  private func map(_ values: [Term], _ cursor: inout WordCursor) -> Term {
    var keys = Term.emptyTuple
    if !values.isEmpty {
      let tuple = cursor.makeTuple(arity: values.count)
      for place in values.indices { tuple[1 + place] = Term.small(place).bits }
      keys = .boxed(at: tuple)
    }
    let words = cursor.reserve(FlatMap.words(size: values.count))
    words[0] = Header.flatMap.bits
    words[1] = UInt(values.count)
    words[2] = keys.bits
    for (place, value) in values.enumerated() { words[3 + place] = value.bits }
    return .boxed(at: words)
  }
}
