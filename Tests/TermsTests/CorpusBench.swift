import TestKit
import Terms
import Testing

/// The terms of a corpus decoded, with everything that looks at them.
struct CorpusBench {
  let corpus: Corpus
  let external = ExternalTestBench()
  let terms: [DecodedTerm]
  private let failures = FailureCount()

  init() throws {
    corpus = try Corpus()
    terms = try corpus.rows.map { [external] row in try external.decode(row.plain) }
  }

  var order: TermOrder {
    TermOrder(atoms: external.atoms, scratch: external.scratch, funs: external.funs)
  }

  /// Records a disagreement, but no more than ten of a kind.
  func expect(
    _ holds: Bool, _ kind: String, _ row: Int, _ found: @autoclosure () -> String
  ) {
    if holds { return }
    let count = failures.add(kind)
    if count > 10 { return }
    Issue.record(
      "seed \(corpus.seed), term \(row), \(kind): \(found()); \(corpus.rows[row].text.prefix(300))"
    )
  }

  private final class FailureCount {
    private var counts: [String: Int] = [:]
    func add(_ kind: String) -> Int {
      counts[kind, default: 0] += 1
      return counts[kind, default: 0]
    }
  }
}

/// The kinds of terms that a corpus is to have of.
enum CorpusKind: String, CaseIterable {
  case small, bigInteger, float, atom, quotedAtom, unicodeAtom, emptyList, properList
  case improperList, emptyTuple, tuple, heapBinary, binaryHandle, bitString
  case localPid, localPort, localReference
  case externalPid, externalPort, externalReference, localFun, externalFun
  case emptyMap, flatMap, hashMap
}

/// What a walk over all parts of a term finds.
struct TermParts {
  /// How often each kind is there.
  private(set) var counts: [CorpusKind: Int] = [:]
  /// Whether there is a hash map with a key whose hash is another in each run of Erlang.
  private(set) var hasVolatileHashMap = false

  var hasHashMap: Bool { counts[.hashMap] != nil }

  /// Whether each run of Erlang gives another hash to it, as a key: atoms and what has a node are
  /// hashed by the places they happen to have.
  private var isVolatile: Bool {
    let stable: Set<CorpusKind> = [
      .small, .bigInteger, .float, .emptyList, .properList, .improperList, .emptyTuple, .tuple,
      .heapBinary, .binaryHandle, .bitString, .emptyMap, .flatMap, .hashMap,
    ]
    return !Set(counts.keys).isSubset(of: stable)
  }

  init(of term: Term, atoms: AtomTable) {
    var pending = [term]
    while let next = pending.popLast() { visit(next, &pending, atoms) }
  }

  private mutating func visit(_ term: Term, _ pending: inout [Term], _ atoms: AtomTable) {
    let kind = Self.kind(of: term, atoms)
    counts[kind, default: 0] += 1
    switch kind {
    case .properList, .improperList:
      var rest = term
      while rest.isCons {
        pending.append(rest.cons[0])
        rest = rest.cons[1]
      }
      if rest != .nil { pending.append(rest) }
    case .tuple: pending += term.tupleElements
    case .flatMap:
      pending.append(FlatMap.keys(at: term.boxed))
      let size = FlatMap.size(at: term.boxed)
      pending += (0..<size).map { Term(bits: FlatMap.values(at: term.boxed)[$0]) }
    case .hashMap:
      for (key, value) in Self.entries(of: term) {
        hasVolatileHashMap = hasVolatileHashMap || TermParts(of: key, atoms: atoms).isVolatile
        pending += [key, value]
      }
    case .localFun:
      let free = Fun.freeCount(at: term.boxed)
      pending += (0..<free).map { Term(bits: Fun.terms(at: term.boxed)[1 + $0]) }
    default: break
    }
  }

  private static func entries(of map: Term) -> [(key: Term, value: Term)] {
    let scratch = MallocScratch()
    var entries: [(key: Term, value: Term)] = []
    do throws(ScratchExhausted) {
      var leaves = try HashMapLeaves(of: map, scratch: scratch)
      while let leaf = try leaves.next() { entries.append((leaf[0], leaf[1])) }
    } catch {
      preconditionFailure("no working memory: \(error)")
    }
    return entries
  }

  private static func kind(of term: Term, _ atoms: AtomTable) -> CorpusKind {
    if term.isSmall { return .small }
    if term.isAtom {
      let name = atoms.name(of: term)
      if !name.utf8.allSatisfy({ $0 < 128 }) { return .unicodeAtom }
      let plain = name.first?.isLowercase == true && name.allSatisfy { $0.isLetter || $0.isNumber }
      return plain ? .atom : .quotedAtom
    }
    if term.isNil { return .emptyList }
    if term.isLocalPid { return .localPid }
    if term.isLocalPort { return .localPort }
    if term.isCons {
      var rest = term
      while rest.isCons { rest = rest.cons[1] }
      return rest.isNil ? .properList : .improperList
    }
    if term == .emptyTuple { return .emptyTuple }
    return boxedKind(of: term)
  }

  private static func boxedKind(of term: Term) -> CorpusKind {
    if term.isHashMap { return .hashMap }
    if term.isFlatMap { return FlatMap.size(at: term.boxed) == 0 ? .emptyMap : .flatMap }
    switch Header(bits: term.boxed[0]).subtag {
    case .tuple: return .tuple
    case .float: return .float
    case .positiveBigInteger, .negativeBigInteger: return .bigInteger
    case .heapBinary: return .heapBinary
    case .binaryHandle: return .binaryHandle
    case .subBinary: return .bitString
    case .reference: return .localReference
    case .externalPid: return .externalPid
    case .externalPort: return .externalPort
    case .externalReference: return .externalReference
    case .fun: return Fun.isExternal(at: term.boxed) ? .externalFun : .localFun
    default: preconditionFailure("a term of no kind: \(term)")
    }
  }
}
