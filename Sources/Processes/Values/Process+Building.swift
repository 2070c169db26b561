import Carriers
import Heaps
import Terms

extension Process {
  /// Builds the term of a value and keeps it. Nothing is collected: what there is no room for is built
  /// beside the heap, which the next ensure takes in.
  /// - Throws: ``TermBuildError``; what was built by then is garbage.
  /// - Complexity: O(size of the value), and the sorting of the keys of small maps.
  public mutating func keep(_ value: TermValue) throws(TermBuildError) -> TermHandle {
    let term = try makeTerm(of: value)
    do { return try keep(term) } catch { throw .heap(.outOfMemory(error)) }
  }

  /// Builds the term of a value: valid until the next call that takes roots.
  ///
  /// As ``keep(_:)-(TermValue)``, for who has slots to put it in.
  public mutating func makeTerm(of value: TermValue) throws(TermBuildError) -> Term {
    heap.delayCollections()
    defer { heap.allowCollections() }
    return try build(value, level: 1)
  }

  private mutating func build(
    _ value: TermValue, level: Int
  ) throws(TermBuildError) -> Term {
    if level > TermValue.mostLevels { throw .tooDeep(mostLevels: TermValue.mostLevels) }
    switch value {
    case .atom(let name):
      do { return try system.atoms.atom(name) } catch { throw .atom(error, name: name) }
    case .integer(let number):
      try makeRoom(IntegerArithmetic.wordsForInteger(number))
      return heap.build { IntegerArithmetic.makeInteger(number, into: &$0) }
    case .bigInteger(let isNegative, let digits):
      return try build(isNegative: isNegative, digits: digits)
    case .float(let number):
      if !number.isFinite { throw .notFinite(number) }
      try makeRoom(2)
      return heap.build { $0.makeFloat(number) }
    case .binary(let bytes): return try build(binary: bytes)
    case .bits(let bytes, let count):
      if count < 0 || count > 8 * bytes.count { throw .tooFewBits(count, byteCount: bytes.count) }
      let whole = try build(binary: bytes)
      if count == 8 * bytes.count { return whole }
      try makeRoom(SubBinary.words)
      return heap.build { $0.makeSubBinary(of: whole, bitOffset: 0, bitCount: count) }
    case .list(let elements): return try build(elements, tail: .list([]), level: level)
    case .improperList(let elements, let tail):
      return try build(elements, tail: tail, level: level)
    case .tuple(let elements):
      let terms = try build(elements, level: level)
      try makeRoom(1 + terms.count)
      return heap.build { $0.makeTuple(of: terms) }
    case .map(let pairs): return try build(pairs, level: level)
    case .immediate(let term):
      if !term.isImmediate { throw .notImmediate }
      return term
    case .kept(let handle):
      do { return try term(of: handle) } catch { throw .handle(error) }
    }
  }

  /// Room within the section, where nothing moves and no roots are needed.
  private mutating func makeRoom(_ words: Int) throws(TermBuildError) {
    var roots = NoRoots()
    do { try heap.ensureFree(words: words, roots: &roots) } catch { throw .heap(error) }
  }

  private mutating func build(
    _ values: [TermValue], level: Int
  ) throws(TermBuildError) -> [Term] {
    var terms: [Term] = []
    terms.reserveCapacity(values.count)
    for value in values { terms.append(try build(value, level: level + 1)) }
    return terms
  }

  private mutating func build(
    _ values: [TermValue], tail: TermValue, level: Int
  ) throws(TermBuildError) -> Term {
    let terms = try build(values, level: level)
    let end = tail == .list([]) ? .nil : try build(tail, level: level + 1)
    try makeRoom(2 * terms.count)
    return heap.build { cursor in
      terms.reversed().reduce(end) { list, term in cursor.makeCons(term, list) }
    }
  }

  private mutating func build(
    isNegative: Bool, digits: [UInt]
  ) throws(TermBuildError) -> Term {
    if digits.isEmpty { return .small(0) }
    try makeRoom(1 + digits.count)
    return try heap.build { cursor in
      Result { () throws(ArithmeticError) in
        try digits.withUnsafeBufferPointer { digits throws(ArithmeticError) in
          try IntegerArithmetic.makeInteger(
            magnitude: digits.baseAddress.unsafelyUnwrapped, count: digits.count,
            isNegative: isNegative, into: &cursor)
        }
      }
    }.mapError { _ in TermBuildError.integerTooLarge(digits: digits.count) }.get()
  }

  private mutating func build(binary bytes: [UInt8]) throws(TermBuildError) -> Term {
    if bytes.count <= OffHeapBinary.heapLimit {
      try makeRoom(1 + Header.heapBinary(byteCount: bytes.count).arity)
      return heap.build { cursor in bytes.withUnsafeBytes { cursor.makeHeapBinary($0) } }
    }
    try makeRoom(BinaryHandle.words)
    let binary: OffHeapBinary
    do { binary = try system.heaps.binaries.makeBinary(byteCount: bytes.count) } catch {
      throw .heap(
        .outOfMemory(
          error.cause as? MemoryError ?? .invalidSize(byteCount: error.requestedBytes)))
    }
    bytes.withUnsafeBytes {
      binary.bytes.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
    }
    return heap.buildLinked { cursor, list in
      cursor.makeBinaryHandle(binary, byteCount: bytes.count, list: &list)
    }
  }

  private mutating func build(
    _ pairs: [TermValue: TermValue], level: Int
  ) throws(TermBuildError) -> Term {
    var terms: [(key: Term, value: Term)] = []
    terms.reserveCapacity(pairs.count)
    for (key, value) in pairs {
      terms.append((try build(key, level: level + 1), try build(value, level: level + 1)))
    }
    do {
      let order = TermOrder(atoms: system.atoms, scratch: system.heaps.scratch)
      var builder = try MapBuilder(pairs: terms.count, order: order)
      for pair in terms { try builder.add(key: pair.key) }
      try makeRoom(try builder.plan())
      var cursor = heap.cursor
      try builder.begin(cursor: &cursor)
      for pair in terms { try builder.fill(pair.key, pair.value, cursor: &cursor) }
      let map = try builder.finish(cursor: &cursor)
      heap.commit(cursor)
      return map
    } catch let error as TermBuildError {
      throw error
    } catch let error as ScratchExhausted {
      throw .heap(HeapError(error))
    } catch {
      preconditionFailure("a map is built: \(error)")
    }
  }
}

/// Why a value did not become a term.
public enum TermBuildError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The heap got no memory for it.
  case heap(HeapError)
  /// A name did not become an atom.
  case atom(AtomError, name: String)
  /// No term is a float that is not finite.
  case notFinite(Double)
  /// An integer of so many digits of 64 bits is beyond all terms.
  case integerTooLarge(digits: Int)
  /// More bits were asked for than the bytes have.
  case tooFewBits(Int, byteCount: Int)
  /// The term of ``TermValue/immediate(_:)`` is none.
  case notImmediate
  /// A handle within the value is none of this process.
  case handle(HandleError)
  /// Values stand in values in more than so many levels.
  case tooDeep(mostLevels: Int)

  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .heap(let error): "\(error)"
    case .atom(let error, let name): "no atom of the name \"\(name.prefix(300))\": \(error)"
    case .notFinite(let number): "\(number) is no float that a term can be"
    case .integerTooLarge(let digits): "an integer of \(digits) words is too large"
    case .tooFewBits(let count, let bytes): "\(count) bits of \(bytes) bytes"
    case .notImmediate: "a word that is given as an immediate term is none"
    case .handle(let error): "\(error)"
    case .tooDeep(let levels): "a value of more than \(levels) levels"
    }
  }
}
