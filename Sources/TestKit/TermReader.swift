import Terms

/// Builds terms of their text as `~w` writes it, in words of its own.
///
/// For the texts that tests bring along: it traps on any other, and recurses.
public final class TermReader {
  /// The names of the atoms in the terms.
  public let atoms: AtomTable
  /// Working memory for the order of map keys.
  public let scratch = MallocScratch()
  /// Where the next term is built.
  public var cursor: WordCursor
  private let memory: UnsafeMutablePointer<UInt>
  private var generator: SeededGenerator
  private var bytes: [UInt8] = []
  private var place = 0

  /// Makes a reader.
  /// - Parameters:
  ///   - words: the words for all terms that it will read.
  ///   - seed: chooses the order in which the pairs of a map are given.
  public init(words: Int, atoms: AtomTable = AtomTable(), seed: UInt64 = 1) {
    self.atoms = atoms
    memory = .allocate(capacity: words)
    cursor = WordCursor(top: memory, limit: memory + words)
    generator = SeededGenerator(seed: seed)
  }

  deinit { memory.deallocate() }

  /// Builds the term of a text; it stands as long as the reader.
  public func read(_ text: String) -> Term {
    bytes = Array(text.utf8)
    place = 0
    let term = readTerm()
    precondition(place == bytes.count, "more than a term: \(text)")
    return term
  }

  // MARK: - Characters

  private func skip(_ expected: String) -> Bool {
    let wanted = Array(expected.utf8)
    guard bytes[place...].starts(with: wanted) else { return false }
    place += wanted.count
    return true
  }

  private func expect(_ expected: String) {
    precondition(skip(expected), "no \(expected) at \(place) of \(string(bytes[...]))")
  }

  private func string(_ part: ArraySlice<UInt8>) -> String { String(decoding: part, as: UTF8.self) }

  private func take(while isPart: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let part = bytes[place...].prefix(while: isPart)
    place += part.count
    return part
  }

  private func number() -> UInt {
    let digits = take { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard let number = UInt(string(digits)) else { preconditionFailure("no number at \(place)") }
    return number
  }

  // MARK: - Terms

  private func readTerm() -> Term {
    if skip("#{") { return readMap() }
    if skip("[") { return readList() }
    if skip("{") {
      let elements = readSequence(upTo: "}")
      if elements.isEmpty { return .emptyTuple }
      let words = cursor.makeTuple(arity: elements.count)
      for (place, element) in elements.enumerated() { words[1 + place] = element.bits }
      return .boxed(at: words)
    }
    if skip("<<") {
      let bytes = readSequence(upTo: ">>").map { UInt8($0.smallValue) }
      return bytes.withUnsafeBytes { cursor.makeHeapBinary($0) }
    }
    if skip("<0.") { return readPid() }
    if skip("#Port<") { return .port(readParts()[1]) }
    if skip("#Ref<") { return readReference() }
    let first = bytes[place]
    if first == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= first {
      return readNumber()
    }
    guard let atom = try? atoms.atom(readName()) else { preconditionFailure("no atom") }
    return atom
  }

  private func readSequence(upTo end: String) -> [Term] {
    var elements: [Term] = []
    while !skip(end) {
      if !elements.isEmpty { expect(",") }
      elements.append(readTerm())
    }
    return elements
  }

  private func readList() -> Term {
    var elements: [Term] = []
    var list = Term.nil
    while !skip("]") {
      if skip("|") {
        list = readTerm()
        continue
      }
      if !elements.isEmpty { expect(",") }
      elements.append(readTerm())
    }
    for element in elements.reversed() { list = cursor.makeCons(element, list) }
    return list
  }

  private func readMap() -> Term {
    var pairs: [(Term, Term)] = []
    while !skip("}") {
      if !pairs.isEmpty { expect(",") }
      let key = readTerm()
      expect(" => ")
      pairs.append((key, readTerm()))
    }
    pairs.shuffle(using: &generator)
    let order = TermOrder(atoms: atoms, scratch: scratch)
    do {
      var builder = try MapBuilder(pairs: pairs.count, order: order)
      for (key, _) in pairs { try builder.add(key: key) }
      _ = try builder.plan()
      try builder.begin(cursor: &cursor)
      for (key, value) in pairs { try builder.fill(key, value, cursor: &cursor) }
      return try builder.finish(cursor: &cursor)
    } catch {
      preconditionFailure("no map: \(error)")
    }
  }

  private func readParts() -> [UInt] {
    var parts = [number()]
    while skip(".") { parts.append(number()) }
    expect(">")
    return parts
  }

  private func readPid() -> Term {
    let parts = readParts()
    guard let number = LocalIdentifier.number(identifier: parts[0], serial: parts[1]) else {
      preconditionFailure("no pid: \(parts)")
    }
    return .pid(number)
  }

  private func readReference() -> Term {
    let parts = readParts()
    let words = cursor.reserve(3)
    words[0] = Header(.reference, arity: 2).bits
    words[1] = parts[3]
    words[2] = parts[1] << 32 | parts[2]
    return .boxed(at: words)
  }

  private func readNumber() -> Term {
    let isNegative = skip("-")
    let text = take {
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || [0x2E, 0x65, 0x2D].contains($0)  // . e -
    }
    if text.contains(UInt8(ascii: ".")) {
      guard let value = text.withUnsafeBytes({ FloatText.parse($0) }) else {
        preconditionFailure("no float: \(string(text))")
      }
      return cursor.makeFloat(isNegative ? -value : value)
    }
    var digits: [UInt] = [0]
    for byte in text {
      var carry = UInt(byte - UInt8(ascii: "0"))
      for place in digits.indices {
        let (high, low) = digits[place].multipliedFullWidth(by: 10)
        let (sum, overflow) = low.addingReportingOverflow(carry)
        digits[place] = sum
        carry = high + (overflow ? 1 : 0)
      }
      if carry > 0 { digits.append(carry) }
    }
    if digits.count == 1, digits[0] <= 1 << 59 {
      let value = isNegative ? -Int(digits[0]) : Int(digits[0])
      if Term.fitsSmall(value) { return .small(value) }
    }
    let words = cursor.reserve(1 + digits.count)
    words[0] = Header.bigInteger(digits: digits.count, isNegative: isNegative).bits
    for (place, digit) in digits.enumerated() { words[1 + place] = digit }
    return .boxed(at: words)
  }

  private func readName() -> String {
    if !skip("'") { return string(take { !Array(",|]}>) =".utf8).contains($0) }) }
    var name: [UInt8] = []
    while !skip("'") {
      if skip("\\x{") {
        let digits = string(take { $0 != UInt8(ascii: "}") })
        guard let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) else {
          preconditionFailure("no character: \(digits)")
        }
        expect("}")
        name.append(contentsOf: String(scalar).utf8)
      } else if skip("\\") {
        name.append(contentsOf: readEscape())
      } else {
        name.append(bytes[place])
        place += 1
      }
    }
    return string(name[...])
  }

  private func readEscape() -> [UInt8] {
    let letters: [Character: UInt8] = [
      "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "e": 27, "d": 127,
    ]
    let digits = bytes[place...].prefix(3)
    if let code = UInt32(string(digits), radix: 8), let scalar = Unicode.Scalar(code) {
      place += 3
      return Array(String(scalar).utf8)
    }
    let letter = bytes[place]
    place += 1
    return [letters[Character(Unicode.Scalar(letter))] ?? letter]
  }
}
