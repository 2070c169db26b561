import Carriers
import ETS
import Foundation
import Heaps
import Processes
import Terms
import TestKit
import Testing

/// Tables whose objects are packed: the same answers from less memory.
@Suite struct CompressedTableTests {
  private static func table(
    _ bench: borrowing TableBench, _ type: TableType, isCompressed: Bool
  ) throws -> Table {
    var options = TableOptions(type: type, protection: .public)
    options.isCompressed = isCompressed
    return try bench.table(options)
  }

  /// Terms of all kinds that Erlang made at random.
  private static func corpus(_ system: MemorySystem) throws -> [DecodedExternalTerm] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../TermsTests/Recording/corpus.etf")
    let decoder = ExternalDecoder(
      atoms: system.atoms, scratch: system.heaps.scratch, funs: FunTable(),
      binaries: system.heaps.binaries)
    let bytes = try [UInt8](Data(contentsOf: file))
    let whole = try bytes.withUnsafeBytes { try DecodedExternalTerm($0, by: decoder) }
    var terms: [DecodedExternalTerm] = []
    var rows = whole.term.tupleElements[4]
    while rows.isCons {
      let encoding = rows.cons[0].tupleElements[0]
      terms.append(try DecodedExternalTerm(encoding.wholeBinaryBytes, by: decoder))
      rows = rows.cons[1]
    }
    withExtendedLifetime(whole) {}
    return terms
  }

  @Test(arguments: [TableType.set, .orderedSet])
  func termsOfAllKindsComeBack(type: TableType) throws {
    var bench = try TableBench()
    let corpus = try Self.corpus(bench.system)
    try #require(corpus.count > 1000)
    let plain = try Self.table(bench, type, isCompressed: false)
    let packed = try Self.table(bench, type, isCompressed: true)
    let scratch = bench.system.heaps.scratch
    let words = UnsafeMutablePointer<UInt>.allocate(capacity: 4)
    defer { words.deallocate() }
    for (number, row) in corpus.enumerated() {
      var cursor = WordCursor(top: words, limit: words + 4)
      let object = cursor.makeTuple(.small(number), row.term, .small(-number))
      try plain.insert(object, by: bench.owner)
      try packed.insert(object, by: bench.owner)
    }
    for (number, row) in corpus.enumerated() {
      let found = try packed.lookup(.small(number), by: bench.owner, on: &bench.process.heap)
      let elements = found.cons[0].tupleElements
      #expect(try TermEquality.isExactlyEqual(elements[1], row.term, scratch: scratch))
      #expect(elements[2] == .small(-number))
      #expect(
        try TermSize.flatWords(of: elements[1], scratch: scratch)
          == TermSize.flatWords(of: row.term, scratch: scratch))
      let element = try packed.lookupElement(
        .small(number), 2, by: bench.owner, on: &bench.process.heap)
      #expect(try TermEquality.isExactlyEqual(element, row.term, scratch: scratch))
      if number % 100 == 0 { try bench.sweep() }
    }
    let (whole, small) = (try plain.information().words, try packed.information().words)
    #expect(small < whole)
    try bench.sweep()
    let binaries = try plain.binaries().count
    #expect(binaries > 0)
    #expect(try packed.binaries().count == binaries)
    try packed.delete(by: bench.owner)
    try plain.delete(by: bench.owner)
    withExtendedLifetime(corpus) {}
  }

  @Test(arguments: TableType.allCases)
  func anObjectIsAFractionOfItself(type: TableType) throws {
    let bench = try TableBench(words: 1 << 20)
    let plain = try Self.table(bench, type, isCompressed: false)
    let packed = try Self.table(bench, type, isCompressed: true)
    let empty = try packed.information().words
    let numbers = (0..<200).map(String.init).joined(separator: ",")
    for number in 0..<500 {
      let object = bench.term(
        "{\(number),[\(numbers)],#{name => {\(number),text}},{a,b,\(number)}}")
      try plain.insert(object, by: bench.owner)
      try packed.insert(object, by: bench.owner)
    }
    let (whole, small) = (try plain.information().words, try packed.information().words)
    #expect((small - empty) * 4 < whole - empty)
    for number in 0..<500 { try packed.delete(.small(number), by: bench.owner) }
    #expect(try packed.information().words <= empty + 100)
  }

  @Test func whatPackingMakesNoSmallerStaysAsItIs() throws {
    let bench = try TableBench()
    for text in ["{1,2,3}", "{1,1.5}", "{1,{a}}", "{1,\"a\"}", "{1,{}}", "{{k,\"abcdef\"},2}"] {
      let plain = try Self.table(bench, .set, isCompressed: false)
      let packed = try Self.table(bench, .set, isCompressed: true)
      try plain.insert(bench.term(text), by: bench.owner)
      try packed.insert(bench.term(text), by: bench.owner)
      #expect(try packed.information().words <= plain.information().words, "\(text)")
    }
  }

  @Test(arguments: TableType.allCases)
  func editsSeeWholeObjects(type: TableType) throws {
    var bench = try TableBench()
    let table = try Self.table(bench, type, isCompressed: true)
    let text = "[1,2,3,4,5,6,7,8]"
    try table.insert(bench.term("{1,\(text),7,{x,y,z,\(text)}}"), by: bench.owner)
    try table.insert(bench.term("{2,\(text),8,{x,y,w,\(text)}}"), by: bench.owner)
    let specification = try MatchSpecification(
      compiling: bench.term("[{{'$1','_','_',{x,y,z,'$2'}},[],[{{'$1','$2'}}]}]"),
      atoms: bench.system.atoms, environment: bench.system.heaps)
    let found = try table.select(specification, by: bench.owner, on: &bench.process.heap)
    #expect(try bench.text(found) == "[{1,\(text)}]")
    let all = try table.list(by: bench.owner, on: &bench.process.heap)
    #expect(try bench.text(all).contains("{2,\(text),8,{x,y,w,\(text)}}"))
    if type.isBag {
      try table.deleteObject(bench.term("{1,\(text),7,{x,y,z,\(text)}}"), by: bench.owner)
      #expect(try table.objectCount() == 1)
      return
    }
    let step = CounterStep(position: 3, increment: .small(5))
    #expect(
      try table.updateCounter(.small(1), step: step, by: bench.owner, on: &bench.process.heap)
        == .small(12))
    // An immediate in place of a packed element, then the other way round.
    for value in ["nothing", "[\(text),\(text)]"] {
      let update = ElementUpdate(position: 2, value: bench.term(value))
      #expect(try table.updateElements(.small(1), [update], by: bench.owner))
      let objects = try table.lookup(.small(1), by: bench.owner, on: &bench.process.heap)
      #expect(try bench.text(objects) == "[{1,\(value),12,{x,y,z,\(text)}}]")
    }
    try table.deleteObject(
      bench.term("{1,[\(text),\(text)],12,{x,y,z,\(text)}}"), by: bench.owner)
    #expect(try table.objectCount() == 1)
  }
}
