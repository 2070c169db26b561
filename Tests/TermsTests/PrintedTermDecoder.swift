import Terms
import TestKit

/// Builds terms of their external format for tests of printing, in words of its own.
///
/// Pairs of maps stay in the order of their bytes, so that the order in which they print is known
/// whatever their hashes are. Bit strings stand on the heap, outside, or are parts with a bit
/// offset, by turns. For bytes that tests bring along: it traps on any other, and recurses.
final class PrintedTermDecoder: FunResolver, FunNaming {
  let atoms = AtomTable()
  /// The numbers of other nodes in texts, by name.
  var nodeNumbers: [String: Int] = [:]
  private var cursor: WordCursor
  private let memory: UnsafeMutablePointer<UInt>
  private var generator: SeededGenerator
  private var bytes: [UInt8] = []
  private var place = 0
  private var funs: [ExternalFunName] = []

  init(words: Int, seed: UInt64) {
    memory = .allocate(capacity: words)
    cursor = WordCursor(top: memory, limit: memory + words)
    generator = SeededGenerator(seed: seed)
  }

  deinit { memory.deallocate() }

  func localFunEntry(
    _ name: LocalFunName, arity: Int, freeCount: Int
  ) -> (entry: UInt, variant: UInt32)? { nil }
  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? { nil }
  func externalFunName(entry: UInt) -> ExternalFunName? { funs[Int(entry)] }
  func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt {
    funs.append(ExternalFunName(module: module, function: function))
    return UInt(funs.count - 1)
  }

  /// Builds a term; it stands until the next one is built.
  func decode(_ bytes: [UInt8]) -> Term {
    self.bytes = bytes
    place = 0
    cursor = WordCursor(top: memory, limit: cursor.limit)
    let term = readTerm()
    precondition(place == bytes.count, "more than a term")
    return term
  }

  private func number(bytes count: Int) -> UInt {
    place += count
    return bytes[place - count..<place].reduce(0) { $0 << 8 | UInt($1) }
  }

  private func take(_ count: Int) -> [UInt8] {
    place += count
    return Array(bytes[place - count..<place])
  }

  private func readTerm() -> Term {
    let tag = number(bytes: 1)
    switch tag {
    case 97: return .small(Int(number(bytes: 1)))
    case 98: return .small(Int(Int32(truncatingIfNeeded: number(bytes: 4))))
    case 110: return readInteger(digits: Int(number(bytes: 1)))
    case 111: return readInteger(digits: Int(number(bytes: 4)))
    case 70: return cursor.makeFloat(Double(bitPattern: UInt64(number(bytes: 8))))
    case 119: return atom(Int(number(bytes: 1)))
    case 118: return atom(Int(number(bytes: 2)))
    case 105: return readTuple(Int(number(bytes: 4)))
    case 106: return .nil
    case 107:
      let count = Int(number(bytes: 2))
      return cursor.makeList(take(count).map { Term.small(Int($0)) })
    case 108:
      let elements = (0..<number(bytes: 4)).map { _ in readTerm() }
      return elements.reversed().reduce(readTerm()) { cursor.makeCons($1, $0) }
    case 109: return bitString(take(Int(number(bytes: 4))), lastBits: 8)
    case 77:
      let (count, lastBits) = (Int(number(bytes: 4)), Int(number(bytes: 1)))
      return bitString(take(count), lastBits: lastBits)
    case 113:
      let (module, function, arity) = (readTerm(), readTerm(), readTerm().smallValue)
      let entry = externalFunEntry(module: module, function: function, arity: arity)
      return cursor.makeFun(entry: entry, arity: arity, free: 0, creator: .nil, isExternal: true)
    case 116: return readMap(Int(number(bytes: 4)))
    case 88, 89, 90, 120: return readIdentifier(tag)
    default: preconditionFailure("no term begins with \(tag)")
    }
  }

  private func atom(_ count: Int) -> Term {
    guard let atom = try? atoms.atom(String(decoding: take(count), as: UTF8.self)) else {
      preconditionFailure("no atom")
    }
    return atom
  }

  private func readInteger(digits count: Int) -> Term {
    let isNegative = number(bytes: 1) == 1
    var digits = take(count)
    while digits.count % 8 != 0 { digits.append(0) }
    let words = stride(from: 0, to: digits.count, by: 8).map { start in
      digits[start..<start + 8].reversed().reduce(UInt(0)) { $0 << 8 | UInt($1) }
    }
    if words.count == 1, let value = Int(exactly: words[0]) {
      let signed = isNegative ? -value : value
      if Term.fitsSmall(signed) { return .small(signed) }
    }
    let integer = cursor.reserve(1 + words.count)
    integer[0] = Header.bigInteger(digits: words.count, isNegative: isNegative).bits
    for (place, word) in words.enumerated() { integer[1 + place] = word }
    return .boxed(at: integer)
  }

  private func readTuple(_ arity: Int) -> Term {
    if arity == 0 { return .emptyTuple }
    let words = cursor.makeTuple(arity: arity)
    for place in 1...arity { words[place] = readTerm().bits }
    return .boxed(at: words)
  }

  private func bitString(_ content: [UInt8], lastBits: Int) -> Term {
    let bitCount = max(0, content.count * 8 - 8 + lastBits)
    let offset = Int(generator.next() % 20)
    if bitCount % 8 == 0 && offset < 7 {
      let binary = content.withUnsafeBytes { cursor.makeHeapBinary($0) }
      if offset < 3 { return binary }
      let words = cursor.reserve(BinaryHandle.words)
      words.update(repeating: 0, count: BinaryHandle.words)
      words[0] = Header(.binaryHandle, arity: 5).bits
      words[1] = UInt(content.count)
      words[4] = UInt(bitPattern: binary.heapBinaryBytes.baseAddress)
      return .boxed(at: words)
    }
    // Bits around it that are no part of it.
    var shifted = [UInt8](repeating: 0xFF, count: (offset + bitCount) / 8 + 2)
    for bit in 0..<bitCount where content[bit / 8] >> UInt8(7 - bit % 8) & 1 == 0 {
      shifted[(offset + bit) / 8] &= ~(0x80 >> UInt8((offset + bit) % 8))
    }
    let original = shifted.withUnsafeBytes { cursor.makeHeapBinary($0) }
    return cursor.makeSubBinary(of: original, bitOffset: offset, bitCount: bitCount)
  }

  // MARK: - Maps

  private func readMap(_ size: Int) -> Term {
    let pairs = (0..<size).map { _ in (readTerm(), readTerm()) }
    if size > FlatMap.maximumSize {
      return node(pairs.map { cursor.makeCons($0.0, $0.1) }[...], isRoot: true)
    }
    let keys = cursor.makeTuple(elements: pairs.map(\.0))
    let words = cursor.reserve(FlatMap.words(size: size))
    words[0] = Header.flatMap.bits
    words[1] = UInt(size)
    words[2] = keys.bits
    for (place, pair) in pairs.enumerated() { words[3 + place] = pair.1.bits }
    return .boxed(at: words)
  }

  /// A tree with the leaves in order.
  private func node(_ leaves: ArraySlice<Term>, isRoot: Bool = false) -> Term {
    if leaves.count == 1, !isRoot { return leaves[leaves.startIndex] }
    let slots = min(leaves.count, isRoot && leaves.count % 2 == 0 ? 16 : 3)
    var rest = leaves
    let children = (0..<slots).map { slot in
      let part = rest.prefix(slot == slots - 1 ? rest.count : leaves.count / slots)
      rest = rest.dropFirst(part.count)
      return node(part)
    }
    let header =
      !isRoot
      ? Header.hashMapNode(bitmap: 1 << UInt(slots) - 1)
      : slots == 16 ? .hashMapFullRoot : .hashMapRoot(bitmap: 0b1001001)
    let words = cursor.reserve(1 + header.rawWords + slots)
    words[0] = header.bits
    if isRoot { words[1] = UInt(leaves.count) }
    for (place, child) in children.enumerated() { words[1 + header.rawWords + place] = child.bits }
    return .boxed(at: words)
  }

  // MARK: - Identifiers

  private func readIdentifier(_ tag: UInt) -> Term {
    let count = tag == 90 ? Int(number(bytes: 2)) : 0
    let name = atoms.name(of: readTerm())
    let node = nodeNumbers[name].map { UInt($0) << 32 }
    switch tag {
    case 88:
      let (identifier, serial) = (number(bytes: 4), number(bytes: 4))
      let creation = number(bytes: 4)
      guard let node else {
        return .pid(LocalIdentifier.number(identifier: identifier, serial: serial) ?? 0)
      }
      return cursor.makeExternalIdentifier(
        .externalPid, node: Node(word: node | creation), data: serial << 32 | identifier)
    case 90:
      let creation = number(bytes: 4)
      let numbers = (0..<count).map { _ in UInt32(number(bytes: 4)) }
      guard let node else {
        let process = count == 5 ? (numbers[3], numbers[4]) : nil
        return cursor.makeLocalReference(numbers[0], numbers[1], numbers[2], process: process)
      }
      return cursor.makeExternalReference(node: Node(word: node | creation), numbers: numbers)
    default:
      let port = number(bytes: tag == 89 ? 4 : 8)
      let creation = number(bytes: 4)
      guard let node else { return .port(port) }
      return cursor.makeExternalIdentifier(
        .externalPort, node: Node(word: node | creation), data: port)
    }
  }
}

extension WordCursor {
  fileprivate mutating func makeTuple(elements: [Term]) -> Term {
    if elements.isEmpty { return .emptyTuple }
    let words = makeTuple(arity: elements.count)
    for (index, element) in elements.enumerated() { words[1 + index] = element.bits }
    return .boxed(at: words)
  }
}
