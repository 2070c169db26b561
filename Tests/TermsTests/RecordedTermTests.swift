import Terms
import TestKit
import Testing

/// Terms that real Erlang wrote, sorted and measured.
@Suite struct RecordedTermTests {
  private let reader = TermReader(words: 40_000, seed: 5)
  private let terms: [Term]

  init() { terms = recordedTerms.map { [reader] in reader.read($0.text) } }

  @Test func textsAreThoseOfErlang() throws {
    #expect(terms.count > 200)
    let printer = TermPrinter(atoms: reader.atoms, scratch: reader.scratch)
    for (term, record) in zip(terms, recordedTerms) {
      #expect(try printer.text(of: term) == record.text)
    }
    #expect(reader.scratch.outstandingBytes == 0)
  }

  @Test func atomsHaveQuotesWhereErlangGivesThemSome() throws {
    let printer = TermPrinter(atoms: reader.atoms, scratch: reader.scratch)
    #expect(recordedAtoms.count == 258)
    for (codePoint, record) in recordedAtoms.enumerated() {
      guard let scalar = Unicode.Scalar(UInt32(codePoint)) else { continue }
      #expect(try printer.text(of: reader.atoms.atom(String(scalar))) == record.alone)
      #expect(try printer.text(of: reader.atoms.atom("a" + String(scalar))) == record.behind)
    }
  }

  @Test func sizesAreThoseOfErlang() throws {
    for (term, record) in zip(terms, recordedTerms) {
      let words = try TermSize.flatWords(of: term, scratch: reader.scratch)
      #expect(words == record.flatWords, "\(record.text)")
    }
  }

  @Test func everyTwoTermsCompareAsErlangSortsThem() throws {
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch)
    for (left, leftRecord) in zip(terms, recordedTerms) {
      for (right, rightRecord) in zip(terms, recordedTerms) {
        let expected = (leftRecord.rank - rightRecord.rank).signum()
        let compared = try order.compare(left, right)
        let equal = try TermEquality.isEqual(left, right, scratch: reader.scratch)
        if compared != expected || equal != (expected == 0) {
          Issue.record("\(leftRecord.text) \(rightRecord.text): \(compared), \(equal)")
        }
      }
    }
    #expect(reader.scratch.outstandingBytes == 0)
  }

  /// Unlike text is unlike value, but for the sign of zero; so exact equality, the order of keys
  /// and the text must agree.
  @Test func everyTwoTermsAreExactlyEqualWhereTheirTextsAre() throws {
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch)
    let texts = recordedTerms.map { $0.text == "-0.0" ? "0.0" : $0.text }
    for (left, leftText) in zip(terms, texts) {
      for (right, rightText) in zip(terms, texts) {
        let equal = try TermEquality.isExactlyEqual(left, right, scratch: reader.scratch)
        let compared = try order.compareKeys(left, right)
        let reversed = try order.compareKeys(right, left)
        if equal != (leftText == rightText) || (compared == 0) != equal || compared != -reversed {
          Issue.record("\(leftText) \(rightText): \(equal), \(compared), \(reversed)")
        }
      }
    }
  }

  @Test func aCopyIsEqualAndSharesNoWord() throws {
    let other = TermReader(words: 40_000, atoms: reader.atoms, seed: 6)
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch)
    for (term, record) in zip(terms, recordedTerms) {
      let copy = other.read(record.text)
      #expect(try TermEquality.isExactlyEqual(term, copy, scratch: reader.scratch))
      #expect(try TermEquality.isEqual(term, copy, scratch: reader.scratch))
      #expect(try order.compare(term, copy) == 0)
      #expect(try order.compareKeys(term, copy) == 0)
    }
  }
}
