import Terms
import TestKit
import Testing

/// What an embedder would know of its funs: entries 1 to 4 are local, 11 to 14 external.
private final class NamedFuns: FunNaming {
  let locals: [UInt: LocalFunName]
  let externals: [UInt: ExternalFunName]

  init(_ atoms: AtomTable) throws {
    let (first, second) = try (atoms.atom("q"), atoms.atom("A b"))
    locals = [
      1: LocalFunName(module: second, index: 7, oldIndex: 7, oldUnique: 78_572_011),
      2: LocalFunName(module: first, index: 0, oldIndex: 0, oldUnique: 119_076_749),
      3: LocalFunName(module: first, index: 1, oldIndex: 1, oldUnique: 5),
      4: LocalFunName(module: first, index: 1, oldIndex: 1, oldUnique: 6),
    ]
    externals = try [
      11: ExternalFunName(module: .lists, function: atoms.atom("append")),
      12: ExternalFunName(module: .lists, function: atoms.atom("map")),
      13: ExternalFunName(module: first, function: atoms.atom("a")),
      14: ExternalFunName(module: atoms.atom("ä"), function: atoms.atom("α")),
    ]
  }

  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? { locals[entry] }
  func externalFunName(entry: UInt) -> ExternalFunName? { externals[entry] }
}

@Suite struct FunTextTests {
  private let reader = TermReader(words: 1_000)
  private let funs: NamedFuns

  init() throws { funs = try NamedFuns(reader.atoms) }

  private func local(_ entry: UInt, _ free: Term..., creator: UInt = 0) -> Term {
    let fun = reader.cursor.makeFun(
      entry: entry, arity: 1, free: free.count, creator: .pid(creator))
    for (place, value) in free.enumerated() { Fun.terms(at: fun.boxed)[1 + place] = value.bits }
    return fun
  }

  private func external(_ entry: UInt, arity: Int) -> Term {
    reader.cursor.makeFun(
      entry: entry, arity: arity, free: 0, creator: .nil, isExternal: true)
  }

  @Test func textsAreThoseOfErlang() throws {
    let printer = TermPrinter(atoms: reader.atoms, scratch: reader.scratch, funs: funs)
    #expect(try printer.text(of: local(2)) == "#Fun<q.0.119076749>")
    #expect(try printer.text(of: local(1)) == "#Fun<A b.7.78572011>")
    #expect(try printer.text(of: external(12, arity: 2)) == "fun lists:map/2")
    #expect(try printer.text(of: external(14, arity: 1)) == "fun ä:'α'/1")
    let nameless = TermPrinter(atoms: reader.atoms, scratch: reader.scratch)
    #expect(try nameless.text(of: local(2)) == "#Fun<2>")
    // No depth cuts a fun, and no line breaks one.
    for depth in 1...3 {
      #expect(
        try printer.text(of: local(2, .nil), as: .pretty(lineWidth: 5, depth: depth))
          == "#Fun<q.0.119076749>")
      #expect(try printer.text(of: local(2), as: .write(depth: depth)) == "#Fun<q.0.119076749>")
    }
    #expect(try printer.text(of: local(2), as: .write(depth: 0)) == "...")
  }

  @Test func funsStandInTheOrderOfTheirNames() throws {
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch, funs: funs)
    let sorted = [
      local(1), local(2), local(3), local(3, .small(1)), local(3, .small(2)),
      local(3, .small(1), .small(1)), local(4), external(11, arity: 1), external(12, arity: 2),
      external(13, arity: 0),
    ]
    for (leftPlace, left) in sorted.enumerated() {
      for (rightPlace, right) in sorted.enumerated() {
        #expect(try order.compare(left, right) == (leftPlace - rightPlace).signum())
        #expect(
          try TermEquality.isExactlyEqual(left, right, scratch: reader.scratch)
            == (leftPlace == rightPlace))
      }
    }
  }

  @Test func whoMadeAFunIsNoPartOfItsValue() throws {
    let (left, right) = (local(3, .small(1), creator: 1), local(3, .small(1), creator: 2))
    #expect(try TermEquality.isExactlyEqual(left, right, scratch: reader.scratch))
    let order = TermOrder(atoms: reader.atoms, scratch: reader.scratch, funs: funs)
    #expect(try order.compare(left, right) == 0)
    let (one, float) = (local(3, .small(1)), local(3, reader.cursor.makeFloat(1)))
    #expect(try TermEquality.isEqual(one, float, scratch: reader.scratch))
    #expect(try !TermEquality.isExactlyEqual(one, float, scratch: reader.scratch))
  }

  @Test func funsTakeFiveWordsAndTheirFreeVariables() throws {
    let pair = reader.cursor.makeTuple(.small(1), .small(2))
    #expect(try TermSize.flatWords(of: local(1), scratch: reader.scratch) == 5)
    #expect(try TermSize.flatWords(of: local(1, pair), scratch: reader.scratch) == 9)
    #expect(try TermSize.flatWords(of: external(11, arity: 1), scratch: reader.scratch) == 5)
  }
}
