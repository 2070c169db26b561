import Terms
import TestKit
import Testing

@Suite struct TermCopyTests {
  private let source: TermBench
  private let target: TermBench

  init() {
    source = TermBench(words: 400_000)
    target = TermBench(words: 400_000, atoms: source.atoms, binaries: source.binaries)
  }

  /// Copies a term and checks the number of words, the value, and that no object is there twice.
  @discardableResult
  private func copy(_ term: Term) throws -> Term {
    let words = try TermSize.flatWords(of: term, scratch: source.scratch)
    let start = target.cursor.top
    let copy = TermCopy.copy(term, words: words, into: &target.cursor, list: &target.list)
    #expect(target.cursor.top - start == words)
    #expect(try TermEquality.isExactlyEqual(term, copy, scratch: source.scratch))
    #expect(try source.order.compareKeys(term, copy) == 0)
    #expect(try TermSize.flatWords(of: copy, scratch: source.scratch) == words)
    return copy
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomTermsOfEveryKind(seed: UInt64) throws {
    var generator = RandomTerms(seed: seed, bench: source)
    var kinds: Set<UInt> = []
    for _ in 0..<60 {
      let term = generator.term()
      let before = Array(source.builtWords)
      let copy = try copy(term)
      #expect(source.builtWords.elementsEqual(before), "the source changed, seed \(seed)")
      if copy.isBoxed { kinds.insert(copy.header.subtag.bits) }
    }
    #expect(kinds.count > 5, "seed \(seed)")
    // The words of the copies are objects side by side, and none refers to the source.
    let sourceRange = source.builtWords
    var place = 0
    let words = target.builtWords
    while place < words.count {
      let word = words[place]
      let header = Header(bits: word)
      if word & 3 == 0 {
        place += 1 + header.rawWords
        continue
      }
      let isPointer = word & 3 != 3
      let isInSource =
        sourceRange.baseAddress.map {
          UInt(bitPattern: $0)..<UInt(bitPattern: $0 + sourceRange.count) ~= word
        } ?? false
      #expect(!(isPointer && isInSource), "seed \(seed), word \(place)")
      place += 1
    }
    source.clear()
    target.clear()
    #expect(source.binaries.outstandingBytes == 0)
    #expect(source.scratch.outstandingBytes == 0)
  }

  @Test func whatIsSharedIsThereForEachReference() throws {
    let shared = source.cursor.makeTuple(.small(1), .small(2))
    let copied = try copy(source.cursor.makeTuple(shared, shared, shared))
    let elements = copied.tupleElements
    #expect(elements[0] != elements[1] && elements[1] != elements[2])
    #expect(try TermSize.sharedWords(of: copied, scratch: source.scratch) == 13)
  }

  @Test func cellsStandSideBySide() throws {
    let float = source.cursor.makeFloat(1)
    let tuple = source.cursor.makeTuple(float, .small(2))
    let list = source.cursor.makeList([.small(1), float, tuple, .small(4), tuple])
    var cell = try copy(source.cursor.makeTuple(list)).tupleElements[0]
    for _ in 0..<4 {
      #expect(cell.cons[1].address == cell.address + 16)
      cell = cell.cons[1]
    }
    #expect(cell.cons[1] == .nil)
  }

  @Test func aHandleHoldsAReferenceOfItsOwn() throws {
    let handle = source.makeHandle([UInt8](repeating: 7, count: 100))
    let binary = BinaryHandle.binary(at: handle.boxed)
    let part = source.cursor.makeSubBinary(of: handle, bitOffset: 80, bitCount: 20)
    let copied = try copy(source.cursor.makeTuple(handle, part))
    #expect(binary.references == 3)
    #expect(target.list.virtualWords == 100 / 8 + 3 / 8)
    let copiedPart = copied.tupleElements[1]
    #expect(SubBinary.bitOffset(at: copiedPart.boxed) == 0)
    #expect(SubBinary.original(at: copiedPart.boxed).wholeBinaryBytes.count == 3)
    target.clear()
    #expect(binary.references == 1)
    source.clear()
    #expect(source.binaries.outstandingBytes == 0)
  }

  private struct OneTerm: CopyBoundary {
    let term: Term
    func leaves(_ term: Term) -> Bool { term == self.term }
  }

  @Test func whatIsBeyondTheBoundaryStaysWhereItIs() throws {
    for literal in [
      source.cursor.makeTuple(.small(1), .small(2)), source.cursor.makeList([.small(1)]),
    ] {
      let tuple = source.cursor.makeTuple(literal, .small(2))
      let term = source.cursor.makeCons(
        literal, source.cursor.makeCons(tuple, literal.isCons ? literal : .nil))
      let boundary = OneTerm(term: literal)
      let words = try TermSize.flatWords(of: term, within: boundary, scratch: source.scratch)
      #expect(words == 7)
      let copied = TermCopy.copy(
        term, words: words, within: boundary, into: &target.cursor, list: &target.list)
      #expect(try TermEquality.isExactlyEqual(term, copied, scratch: source.scratch))
      #expect(copied.cons[0] == literal)
      #expect(copied.cons[1].cons[0].tupleElements[0] == literal)
      let none = try TermSize.flatWords(of: literal, within: boundary, scratch: source.scratch)
      #expect(none == 0)
      let itself = TermCopy.copy(
        literal, words: 0, within: boundary, into: &target.cursor, list: &target.list)
      #expect(itself == literal)
    }
  }

  @Test func immediatesAreTheirOwnCopies() throws {
    for term in [Term.nil, .small(5), .emptyTuple, .pid(3)] { #expect(try copy(term) == term) }
  }

  @Test func aWrongMeasureTraps() async {
    await #expect(processExitsWith: .failure) {
      let bench = TermBench(words: 100)
      let term = bench.cursor.makeTuple(.small(1), .small(2))
      _ = TermCopy.copy(term, words: 2, into: &bench.cursor, list: &bench.list)
    }
    await #expect(processExitsWith: .failure) {
      let bench = TermBench(words: 100)
      let term = bench.cursor.makeTuple(.small(1), .small(2))
      _ = TermCopy.copy(term, words: 4, into: &bench.cursor, list: &bench.list)
    }
  }
}
