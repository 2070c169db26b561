import Terms
import TestKit
import Testing

@Suite("Decoding the external term format")
struct ExternalDecoderTests {
  /// Resolves each function to the number of its arguments and remembers what was asked.
  final class Resolver: FunResolver {
    var asked: [(module: Term, function: Term, arity: Int)] = []
    func localFunEntry(
      _ name: LocalFunName, arity: Int, freeCount: Int
    ) -> (entry: UInt, variant: UInt32)? { nil }
    func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt {
      asked.append((module, function, arity))
      return UInt(arity)
    }
  }

  /// A decoded term in memory that lives as long as this.
  final class Decoded {
    let words: UnsafeMutableBufferPointer<UInt>
    var term = Term.none
    init(words count: Int) {
      words = .allocate(capacity: max(1, count))
      words.initialize(repeating: 0)
    }
    deinit { words.deallocate() }
  }

  private let atoms = AtomTable()
  private let scratch = MallocScratch()

  private func hex(_ digits: String) -> [UInt8] { InflateTests.bytes(hex: digits) }

  /// Measures, gives exactly the words counted, and decodes; every word must be used.
  private func decode(
    _ bytes: [UInt8], funs: (any FunResolver)? = nil
  ) -> Result<Decoded, ExternalFormatError> {
    // A copy of exactly the bytes, so that a sanitizer sees each byte read behind them.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    let decoder = ExternalDecoder(atoms: atoms, scratch: scratch, funs: funs)
    do throws(ExternalFormatError) {
      let measured = try decoder.measure(UnsafeRawBufferPointer(copy))
      #expect(measured.byteCount <= bytes.count)
      let decoded = Decoded(words: measured.words)
      guard let base = decoded.words.baseAddress else { preconditionFailure("no memory") }
      var cursor = WordCursor(top: base, limit: base + measured.words)
      decoded.term = try decoder.decode(UnsafeRawBufferPointer(copy), into: &cursor)
      #expect(cursor.remainingWords == 0)
      return .success(decoded)
    } catch {
      return .failure(error)
    }
  }

  private func failure(
    _ bytes: [UInt8], funs: (any FunResolver)? = nil
  ) -> ExternalFormatError? {
    if case .failure(let error) = decode(bytes, funs: funs) { error } else { nil }
  }

  @Test("terms have the text and the words that they have in Erlang")
  func decodesRecordedTerms() throws {
    #expect(recordedExternalTerms.count > 130)
    let printer = TermPrinter(atoms: atoms, scratch: scratch)
    for record in recordedExternalTerms {
      let decoded = try decode(hex(record.hex)).get()
      #expect(try printer.text(of: decoded.term) == record.text)
      let measured = try hex(record.hex).withUnsafeBytes {
        try ExternalDecoder(atoms: atoms, scratch: scratch).measure($0)
      }
      #expect(measured.byteCount == record.hex.count / 2, "\(record.text)")
      // Binaries of more than 64 bytes stand outside the heap there.
      if !record.text.contains("<<0,0,0,0,0") {
        #expect(measured.words == record.words, "\(record.text)")
      }
    }
    #expect(scratch.outstandingBytes == 0)
  }

  @Test("big integers have the digits that they have in Erlang")
  func decodesBigIntegers() throws {
    for record in recordedExternalIntegers {
      let term = try decode(hex(record.hex)).get()
      let header = term.term.header
      #expect(header.isBigInteger)
      #expect(header.isNegative == record.isNegative)
      var digits = ""
      for index in (0..<header.arity).reversed() {
        let word = String(term.term.boxed[1 + index], radix: 16, uppercase: true)
        digits += digits.isEmpty ? word : String(repeating: "0", count: 16 - word.count) + word
      }
      #expect(digits == record.magnitude)
    }
  }

  @Test("a reference to a function asks for its entry word")
  func decodesExports() throws {
    let bytes = [131, 113, 119, 1, 0x6D, 100, 0, 1, 0x66, 97, 3] as [UInt8]
    let resolver = Resolver()
    let decoded = try decode(bytes, funs: resolver).get()
    let fun = decoded.term.boxed
    #expect(decoded.term.isFun)
    #expect(Fun.isExternal(at: fun))
    #expect(Fun.arity(at: fun) == 3)
    #expect(Fun.entry(at: fun) == 3)
    #expect(resolver.asked.count == 1)
    #expect(resolver.asked.first.map { atoms.name(of: $0.module) } == "m")
    #expect(resolver.asked.first.map { atoms.name(of: $0.function) } == "f")
    #expect(failure(bytes)?.reason == .noFunResolver)
    let noArity = [131, 113, 119, 1, 0x6D, 119, 1, 0x66, 98, 255, 255, 255, 255] as [UInt8]
    #expect(failure(noArity, funs: resolver) == ExternalFormatError(.badFun, offset: 1))
  }

  @Test("what is wrong has its own reason")
  func namesErrors() {
    #expect(failure([]) == ExternalFormatError(.truncated, offset: 0))
    #expect(failure([130, 97, 1])?.reason == .badVersion(130))
    #expect(failure([131, 82, 0]) == ExternalFormatError(.unsupportedTag(82), offset: 1))
    #expect(failure([131, 104, 1, 117])?.reason == .unsupportedTag(117))
    #expect(failure([131, 70, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0])?.reason == .badFloat)
    #expect(
      failure([131, 99] + Array("1.0x".utf8) + Array(repeating: 0, count: 27))?.reason == .badFloat)
    #expect(failure([131, 119, 1, 0xFF])?.reason == .atom(.invalidUTF8))
    #expect(
      failure([131, 100, 1, 0] + Array(repeating: 65, count: 256))?.reason == .atom(.nameTooLong))
    let twice = [131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2] as [UInt8]
    #expect(failure(twice)?.reason == .duplicateKey)
    let pairs = (0..<33).flatMap { [97, $0 / 2, 106] as [UInt8] }
    #expect(failure([131, 116, 0, 0, 0, 33] + pairs)?.reason == .duplicateKey)
    let badStream = [131, 80, 0, 0, 0, 2, 0x78, 0x9C, 7] as [UInt8]
    #expect(
      failure(badStream)?.reason == .compression(InflateError(.badBlockType, offset: 3)))
  }

  @Test("a full atom table is an error and leaves the cursor")
  func refusesAtoms() throws {
    let full = AtomTable(limit: CommonAtoms.names.count)
    let decoder = ExternalDecoder(atoms: full, scratch: scratch)
    let bytes = hex("83680264000161640001ff")
    let words = Decoded(words: 3)
    let base = try #require(words.words.baseAddress)
    var cursor = WordCursor(top: base, limit: base + 3)
    let error = bytes.withUnsafeBytes { input in
      do throws(ExternalFormatError) {
        _ = try decoder.decode(input, into: &cursor)
        return nil as ExternalFormatError?
      } catch {
        return error
      }
    }
    #expect(error == ExternalFormatError(.atom(.tableFull(limit: full.limit)), offset: 3))
    #expect(cursor.remainingWords == 3)
  }

  @Test("sizes beyond the input are refused before memory is taken")
  func refusesClaims() {
    let claims: [[UInt8]] = [
      [105], [108], [109], [111], [116], [77],
    ]
    for tag in claims {
      let bytes = [131] + tag + [0xFF, 0xFF, 0xFF, 0xFF, 106]
      #expect(failure(bytes)?.reason == .truncated, "tag \(tag)")
    }
    #expect(failure([131, 80, 0xFF, 0xFF, 0xFF, 0xFF, 0x78, 0x9C, 3, 0, 0, 0, 0, 1]) != nil)
    let fun =
      [131, 112, 0, 0, 0, 40] + [UInt8](repeating: 0, count: 21)
      + [0xFF, 0xFF, 0xFF, 0xFF, 119, 1, 109, 97, 0, 97, 0, 88, 119, 1, 109]
      + [UInt8](repeating: 0, count: 12)
    #expect(failure(fun, funs: FunTable())?.reason == .badFun)
    // Each of these claims alone could be true.
    let nested = Array(repeating: [105, 0, 0, 0, 50] as [UInt8], count: 20).flatMap { $0 }
    #expect(failure([131] + nested)?.reason == .truncated)
    #expect(scratch.requestCount == 0)
  }

  @Test("depth costs no machine stack")
  func decodesDeepTerms() throws {
    let depth = 200_000
    let tuples = [131] + Array(repeating: [104, 2, 106] as [UInt8], count: depth).joined() + [106]
    let heads =
      [131] + Array(repeating: [108, 0, 0, 0, 1] as [UInt8], count: depth).joined()
      + Array(repeating: 106, count: depth + 1)
    for (bytes, words) in [(tuples, 3), (heads, 2)] {
      let decoded = try decode(bytes).get()
      #expect(
        try TermSize.flatWords(of: decoded.term, scratch: MallocScratch()) == words * depth)
    }
    #expect(scratch.outstandingBytes == 0)
  }

  @Test("every proper prefix of a term is refused")
  func refusesPrefixes() {
    for record in recordedExternalTerms {
      let bytes = hex(record.hex)
      for count in 0..<bytes.count {
        #expect(failure(Array(bytes[..<count])) != nil, "\(count) bytes of \(record.text)")
      }
    }
  }

  @Test("damaged terms end in an error or in a sound term")
  func survivesDamage() throws {
    let seed: UInt64 = 1_414_213
    var generator = SeededGenerator(seed: seed)
    let originals = (recordedExternalTerms.map(\.hex) + recordedExternalIntegers.map(\.hex)).map(
      hex)
    let resolver = Resolver()
    var outcomes = (terms: 0, errors: 0)
    for round in 0..<20_000 {
      var bytes = originals[Int.random(in: 0..<originals.count, using: &generator)]
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[index] =
          Bool.random(using: &generator)
          ? bytes[index] ^ 1 << UInt8.random(in: 0..<8, using: &generator)
          : UInt8.random(in: 0...255, using: &generator)
      }
      switch decode(bytes, funs: resolver) {
      case .success(let decoded):
        outcomes.terms += 1
        // A walk over all of it; no more words than were built.
        let words = try TermSize.flatWords(of: decoded.term, scratch: scratch)
        #expect(words <= decoded.words.count, "round \(round) of seed \(seed)")
      case .failure: outcomes.errors += 1
      }
    }
    #expect(outcomes.terms > 1000, "seed \(seed): \(outcomes)")
    #expect(outcomes.errors > 1000, "seed \(seed): \(outcomes)")
  }
}
