import Foundation
import Terms
import TestKit

/// Builds terms of every kind of OTP's external format, for tests alone: it recurses and traps.
///
/// Binaries stand by turns on the heap, outside, and as parts of others that begin within a byte.
final class HashTermReader: FunNaming {
  let atoms = AtomTable()
  let scratch = MallocScratch()
  var cursor: WordCursor
  private let memory: UnsafeMutablePointer<UInt>
  private var binaries: [UnsafeMutableRawPointer] = []
  private var list = OffHeapList()
  private var localFuns: [LocalFunName] = []
  private var externalFuns: [ExternalFunName] = []
  private var bytes: [UInt8] = []
  private var place = 0
  private var turn = 0

  init(words: Int) {
    memory = .allocate(capacity: words)
    cursor = WordCursor(top: memory, limit: memory + words)
  }

  deinit {
    memory.deallocate()
    for binary in binaries { binary.deallocate() }
  }

  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? { localFuns[Int(entry)] }
  func externalFunName(entry: UInt) -> ExternalFunName? { externalFuns[Int(entry)] }

  /// Builds the term of an encoding in base 64.
  func read(base64 text: some StringProtocol) -> Term {
    guard let data = Data(base64Encoded: String(text)) else { preconditionFailure("no base 64") }
    bytes = Array(data)
    place = 1
    return term()
  }

  private func number(_ count: Int) -> UInt {
    var number: UInt = 0
    for _ in 0..<count {
      number = number << 8 | UInt(bytes[place])
      place += 1
    }
    return number
  }

  private func take(_ count: Int) -> [UInt8] {
    place += count
    return Array(bytes[place - count..<place])
  }

  private func atom(_ name: [UInt8]) -> Term {
    guard let atom = name.withUnsafeBytes({ try? atoms.atom(utf8: $0) }) else {
      preconditionFailure("no atom \(name)")
    }
    return atom
  }

  private func integer(bytes: [UInt8], isNegative: Bool) -> Term {
    var digits = [UInt](repeating: 0, count: (bytes.count + 7) / 8)
    for (index, byte) in bytes.enumerated() { digits[index / 8] |= UInt(byte) << (index % 8 * 8) }
    while digits.last == 0 { digits.removeLast() }
    if digits.count == 1 && digits[0] <= UInt(1 << 59) - (isNegative ? 0 : 1) {
      return .small(isNegative ? -Int(digits[0]) : Int(digits[0]))
    }
    let words = cursor.reserve(1 + digits.count)
    words[0] = Header.bigInteger(digits: digits.count, isNegative: isNegative).bits
    for (index, digit) in digits.enumerated() { words[1 + index] = digit }
    return .boxed(at: words)
  }

  private func term() -> Term {
    let tag = number(1)
    switch tag {
    case 70: return cursor.makeFloat(Double(bitPattern: UInt64(number(8))))
    case 97: return .small(Int(number(1)))
    case 98: return .small(Int(Int32(truncatingIfNeeded: number(4))))
    case 100: return atom(latin1: take(Int(number(2))))
    case 118: return atom(take(Int(number(2))))
    case 119: return atom(take(Int(number(1))))
    case 104: return tuple(Int(number(1)))
    case 105: return tuple(Int(number(4)))
    case 106: return .nil
    case 107: return cursor.makeList(take(Int(number(2))).map { Term.small(Int($0)) })
    case 108:
      let elements = (0..<number(4)).map { _ in term() }
      var list = term()
      for element in elements.reversed() { list = cursor.makeCons(element, list) }
      return list
    case 109: return bits(take(Int(number(4))), tailBits: 8)
    case 77:
      let count = Int(number(4))
      let tailBits = Int(number(1))
      return bits(take(count), tailBits: tailBits)
    case 110, 111:
      let count = Int(number(tag == 110 ? 1 : 4))
      let isNegative = number(1) == 1
      return integer(bytes: take(count), isNegative: isNegative)
    case 116: return map(Int(number(4)))
    default: return identifier(tag)
    }
  }

  private func atom(latin1 name: [UInt8]) -> Term {
    atom(Array(String(String.UnicodeScalarView(name.map { Unicode.Scalar($0) })).utf8))
  }

  private func tuple(_ arity: Int) -> Term {
    if arity == 0 { return .emptyTuple }
    let elements = (0..<arity).map { _ in term() }
    let words = cursor.makeTuple(arity: arity)
    for (index, element) in elements.enumerated() { words[1 + index] = element.bits }
    return .boxed(at: words)
  }

  private func map(_ size: Int) -> Term {
    let pairs = (0..<size).map { _ in (term(), term()) }
    if size <= FlatMap.maximumSize { return flatMap(pairs) }
    do {
      let order = TermOrder(atoms: atoms, scratch: scratch, funs: self)
      var builder = try MapBuilder(pairs: size, order: order)
      for pair in pairs { try builder.add(key: pair.0) }
      let words = try builder.plan()
      precondition(words <= cursor.remainingWords, "too many words")
      try builder.begin(cursor: &cursor)
      for pair in pairs { try builder.fill(pair.0, pair.1, cursor: &cursor) }
      return try builder.finish(cursor: &cursor)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// A flat map whose keys stand as they came: to a hash their order must make no difference.
  private func flatMap(_ pairs: [(key: Term, value: Term)]) -> Term {
    if pairs.isEmpty { return FlatMap.makeEmpty(cursor: &cursor) }
    let keys = cursor.makeTuple(arity: pairs.count)
    let map = cursor.reserve(FlatMap.words(size: pairs.count))
    map[0] = Header.flatMap.bits
    map[1] = UInt(pairs.count)
    map[2] = Term.boxed(at: keys).bits
    for (index, pair) in pairs.enumerated() {
      keys[1 + index] = pair.key.bits
      map[3 + index] = pair.value.bits
    }
    return .boxed(at: map)
  }

  private func bits(_ bytes: [UInt8], tailBits: Int) -> Term {
    let bitCount = bytes.count * 8 - (8 - tailBits)
    turn += 1
    if turn % 3 == 0 && tailBits == 8 {
      return bytes.withUnsafeBytes { cursor.makeHeapBinary($0) }
    }
    // As a part, the bits stand behind some others.
    let offset = turn % 3 == 1 && tailBits == 8 ? 0 : turn % 11
    var shifted = [UInt8](repeating: 0xA5, count: bytes.count + 3)
    for bit in 0..<bitCount {
      let (from, to) = (bit, bit + offset)
      let value = bytes[from / 8] >> UInt8(7 - from % 8) & 1
      shifted[to / 8] &= ~(1 << UInt8(7 - to % 8))
      shifted[to / 8] |= value << UInt8(7 - to % 8)
    }
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: OffHeapBinary.headerBytes + shifted.count, alignment: 8)
    binaries.append(memory)
    let binary = OffHeapBinary.initialize(memory, capacity: shifted.count)
    binary.bytes.copyMemory(from: shifted, byteCount: shifted.count)
    if offset == 0 && tailBits == 8 {
      return cursor.makeBinaryHandle(binary, byteCount: bytes.count, list: &list)
    }
    let whole = cursor.makeBinaryHandle(binary, byteCount: shifted.count, list: &list)
    return cursor.makeSubBinary(of: whole, bitOffset: offset, bitCount: bitCount)
  }

  private func identifier(_ tag: UInt) -> Term {
    switch tag {
    case 88:
      let node = term()
      let (number, serial, creation) = (number(4), number(4), number(4))
      if creation == 0 { return .pid(serial << LocalIdentifier.identifierBits | number) }
      return cursor.makeExternalIdentifier(
        .externalPid, node: Node(name: node, creation: UInt32(creation)),
        data: serial << 32 | number)
    case 89, 120:
      let node = term()
      let (number, creation) = (number(tag == 89 ? 4 : 8), number(4))
      if creation == 0 { return .port(number) }
      return cursor.makeExternalIdentifier(
        .externalPort, node: Node(name: node, creation: UInt32(creation)), data: number)
    case 90:
      let count = Int(number(2))
      let node = term()
      let creation = number(4)
      let numbers = (0..<count).map { _ in UInt32(number(4)) }
      if creation == 0 { return cursor.makeLocalReference(numbers[0], numbers[1], numbers[2]) }
      return cursor.makeExternalReference(
        node: Node(name: node, creation: UInt32(creation)), numbers: numbers)
    case 112: return localFun()
    case 113:
      let name = ExternalFunName(module: term(), function: term())
      let entry = externalFuns.firstIndex(of: name) ?? externalFuns.count
      if entry == externalFuns.count { externalFuns.append(name) }
      return cursor.makeFun(
        entry: UInt(entry), arity: term().smallValue, free: 0, creator: .nil,
        isExternal: true)
    default: preconditionFailure("the tag \(tag)")
    }
  }

  private func localFun() -> Term {
    place += 4
    let arity = Int(number(1))
    place += 16
    let (index, free) = (Int(number(4)), Int(number(4)))
    let module = term()
    let (oldIndex, oldUnique) = (term().smallValue, term().smallValue)
    let name = LocalFunName(
      module: module, index: index, oldIndex: oldIndex, oldUnique: oldUnique)
    let entry = localFuns.firstIndex(of: name) ?? localFuns.count
    if entry == localFuns.count { localFuns.append(name) }
    let creator = term()
    let variables = (0..<free).map { _ in term() }
    let fun = cursor.makeFun(
      entry: UInt(entry), arity: arity, free: free, creator: creator)
    for (index, variable) in variables.enumerated() {
      Fun.terms(at: fun.boxed)[1 + index] = variable.bits
    }
    return fun
  }
}
