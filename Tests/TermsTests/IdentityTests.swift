import Terms
import TestKit
import Testing

/// What makes funs, references and identifiers the same, as OTP 25 answered for the same encodings.
@Suite("Identity of funs and identifiers")
struct IdentityTests {
  private let bench = ExternalTestBench()
  private let nodeName = [119, 13] + Array("nonode@nohost".utf8) as [UInt8]

  private func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// A local fun of the module `m`, as `term_to_binary/1` writes it.
  private func fun(
    digest: UInt8 = 1, index: Int = 3, oldIndex: [UInt8] = [97, 3], oldUnique: [UInt8] = [97, 5],
    arity: UInt8 = 1, free: [UInt8] = []
  ) -> [UInt8] {
    var body = [arity] + [UInt8](repeating: 0, count: 15) + [digest]
    body += number(index) + number(free.count) + [119, 1, UInt8(ascii: "m")] + oldIndex + oldUnique
    body += [88] + nodeName + number(5) + number(6) + number(0)
    for value in free { body += [97, value] }
    return [131, 112] + number(body.count + 4) + body
  }

  private func export(_ arity: [UInt8]) -> [UInt8] {
    [131, 113, 119, 1, UInt8(ascii: "m"), 119, 1, UInt8(ascii: "f")] + arity
  }

  private func text(_ decoded: DecodedTerm) throws -> String {
    try withExtendedLifetime(decoded) {
      try TermPrinter(atoms: bench.atoms, scratch: bench.scratch, funs: bench.funs)
        .text(of: decoded.term)
    }
  }

  private func hash(_ decoded: DecodedTerm) throws -> Int {
    try withExtendedLifetime(decoded) {
      try PortableHash(atoms: bench.atoms, scratch: bench.scratch, funs: bench.funs)
        .hash(decoded.term)
    }
  }

  private func order(_ left: DecodedTerm, _ right: DecodedTerm) throws -> Int {
    let order = TermOrder(atoms: bench.atoms, scratch: bench.scratch, funs: bench.funs)
    return try withExtendedLifetime((left, right)) { try order.compare(left.term, right.term) }
  }

  private func areEqual(_ left: DecodedTerm, _ right: DecodedTerm) throws -> Bool {
    try withExtendedLifetime((left, right)) {
      try TermEquality.isExactlyEqual(left.term, right.term, scratch: bench.scratch)
    }
  }

  @Test("funs are equal where module, index, hash of the code and free variables are")
  func funsOfUnlikeModules() throws {
    let first = try bench.decode(fun())
    let same = [
      fun(digest: 2), fun(oldIndex: [97, 4]), fun(arity: 2), fun(digest: 9, arity: 7),
    ]
    for bytes in same {
      let other = try bench.decode(bytes)
      #expect(try areEqual(first, other))
      #expect(try order(first, other) == 0)
      #expect(try hash(other) == 107_200_244)
      let internalHashes = try [first, other].map { decoded in
        try withExtendedLifetime(decoded) {
          try InternalHash.hash(decoded.term, scratch: bench.scratch)
        }
      }
      #expect(internalHashes[0] == internalHashes[1])
      // Each is encoded as it came, with the atoms of OTP 25.
      #expect(try bench.decode(bench.encode(other)).usedWords == 5)
      #expect(try bench.encode(bench.decode(bench.encode(other))) == bench.encode(other))
      #expect(try bench.encode(other) != bench.encode(first))
    }
    let larger = [
      (fun(oldUnique: [97, 6]), 68_194_070), (fun(index: 4), 115_448_971),
      (fun(digest: 7, free: [0, 2]), 45_348_276),
    ]
    for (bytes, expected) in larger {
      let other = try bench.decode(bytes)
      #expect(try !areEqual(first, other))
      #expect(try order(first, other) == -1)
      #expect(try hash(other) == expected)
    }
    let few = try bench.decode(fun(free: [1]))
    let (many, more) = try (
      bench.decode(fun(digest: 7, free: [0, 2])), bench.decode(fun(free: [1, 2]))
    )
    #expect(try order(few, many) == -1)
    #expect(try order(many, more) == -1)
  }

  @Test("numbers of funs have 32 bits and a sign, and compare by their difference")
  func numbersOfFuns() throws {
    let texts: [([UInt8], String)] = [
      ([98] + number(-5), "-5"), ([110, 4, 0, 255, 255, 255, 255], "-1"),
      ([110, 4, 0, 0, 0, 0, 128], "-2147483648"), ([98] + number(0x7FFF_FFFF), "2147483647"),
      ([110, 8, 0, 1, 2, 3, 4, 5, 6, 7, 0], "67305985"),
      ([110, 4, 1, 1, 0, 0, 128], "2147483647"),
    ]
    for (bytes, expected) in texts {
      #expect(try text(bench.decode(fun(oldUnique: bytes))) == "#Fun<m.3.\(expected)>")
      #expect(try text(bench.decode(fun(oldIndex: bytes))) == "#Fun<m.\(expected).5>")
    }
    let negative = fun(index: 7, oldUnique: [98] + number(-5), arity: 0)
    #expect(try hash(bench.decode([UInt8](negative))) == 57_389_635)
    func order(_ left: [UInt8], _ right: [UInt8]) throws -> Int {
      try self.order(bench.decode(left), bench.decode(right))
    }
    #expect(try order(fun(index: 0xFFFF_FFFF), fun(index: 1)) == -1)
    #expect(try order(fun(oldUnique: [98] + number(-5)), fun()) == -1)
    #expect(
      try order(
        fun(oldUnique: [98] + number(0x8000_0001)), fun(oldUnique: [98] + number(0x7FFF_FFFF)))
        == 1)
  }

  @Test("external funs may have more arguments than a call")
  func argumentsOfExternalFuns() throws {
    let expected: [([UInt8], String, [UInt8], Int)] = [
      ([97, 255], "255", [97, 255], 90_804_042),
      ([98] + number(256), "256", [98] + number(256), 45_104_056),
      ([98] + number(1000), "1000", [98] + number(1000), 29_049_408),
      ([98] + number(65536), "65536", [98] + number(65536), 96_879_089),
      ([98] + number(0x7FFF_FFFF), "2147483647", [98] + number(0x7FFF_FFFF), 93_526_591),
      (
        [110, 4, 0, 255, 255, 255, 255], "4294967295", [110, 4, 0, 255, 255, 255, 255], 41_757_007
      ),
      ([110, 8, 0, 255, 0, 0, 0, 0, 0, 0, 1], "255", [97, 255], 90_804_042),
    ]
    for (arity, written, encoded, expectedHash) in expected {
      let decoded = try bench.decode(export(arity))
      #expect(try text(decoded) == "fun m:f/\(written)")
      #expect(try bench.encode(decoded).suffix(encoded.count) == encoded[...])
      #expect(try hash(decoded) == expectedHash)
      #expect(decoded.usedWords == 5)
    }
    let (none, many) = try (
      bench.decode(export([97, 0])), bench.decode(export([98] + number(256)))
    )
    #expect(try !areEqual(none, many))
    #expect(try order(none, many) == -1)
    for arity in [[98] + number(-1), [110, 1, 1, 5], [110, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]] {
      #expect(bench.failure(export(arity))?.reason == .badFun)
    }
  }

  @Test("a reference that leads to a process is told from others by three numbers")
  func referencesThatLeadToProcesses() throws {
    let terms = TermBench(words: 100)
    let alias = terms.cursor.makeLocalReference(1, 2, 3, process: (4, 5))
    let (plain, other) = (
      terms.cursor.makeLocalReference(1, 2, 3), terms.cursor.makeLocalReference(1, 2, 4)
    )
    #expect(try TermSize.flatWords(of: alias, scratch: terms.scratch) == 4)
    let bytes = try ExternalEncoder(atoms: terms.atoms, scratch: terms.scratch).encode(alias)
    #expect(
      Array(bytes)
        == [131, 90, 0, 3, 100, 0, 13] + Array("nonode@nohost".utf8) + number(0) + number(1)
        + number(2) + number(3))
    #expect(
      try TermPrinter(atoms: terms.atoms, scratch: terms.scratch).text(of: alias)
        == "#Ref<0.3.2.1>")
    #expect(try TermEquality.isExactlyEqual(alias, plain, scratch: terms.scratch))
    #expect(try !TermEquality.isExactlyEqual(alias, other, scratch: terms.scratch))
    #expect(try terms.order.compare(alias, plain) == 0)
    #expect(try terms.order.compare(alias, other) == -1)
    #expect(
      try InternalHash.hash(alias, scratch: terms.scratch)
        == InternalHash.hash(plain, scratch: terms.scratch))
    // Of another node all five count.
    let foreign = [131, 90, 0, 5, 119, 3] + Array("a@b".utf8) + (1...6).flatMap { number($0) }
    #expect(try bench.decode(foreign).usedWords == 6)
    #expect(try bench.encode(bench.decode(foreign)).count == 34)
    // Those of this node would be found alive, or are none.
    let local = [131, 90, 0, 5] + nodeName + number(0) + (1...5).flatMap { number($0) }
    #expect(bench.failure(local)?.reason == .badIdentifier)
  }

  @Test("identifiers of another life of this node have its number in the text")
  func identifiersOfThisNodesName() throws {
    for creation in [0, 1, 3, 77] {
      let pid = try bench.decode([131, 88] + nodeName + number(5) + number(6) + number(creation))
      let port = try bench.decode([131, 89] + nodeName + number(5) + number(creation))
      let reference = try bench.decode(
        [131, 90, 0, 3] + nodeName + number(creation) + number(1) + number(2) + number(3))
      #expect(try text(pid) == "<0.5.6>")
      #expect(try text(port) == "#Port<0.5>")
      #expect(try text(reference) == "#Ref<0.3.2.1>")
      #expect(
        [pid, port, reference].map(\.usedWords) == (creation == 0 ? [0, 0, 3] : [4, 4, 5]))
      #expect(try hash(pid) == 131_498_469)
    }
    let pid = try bench.decode([131, 88] + nodeName + number(5) + number(6) + number(1))
    let elsewhere = Node(name: try bench.atoms.atom("x@y"), creation: 1)
    let printer = TermPrinter(atoms: bench.atoms, scratch: bench.scratch, localNode: elsewhere)
    let text = try withExtendedLifetime(pid) { try printer.text(of: pid.term) }
    #expect(text != "<0.5.6>")
  }
}
