import Glibc
import Terms

/// The first 64 bits of a key in an encoding whose order is the standard order of terms.
///
/// Where the prefixes of two keys differ, so does their order; keys that are equal under `==` have
/// the same one. Keys with the same prefix have to be compared, but for two small integers, whose
/// prefix is all there is to know.
///
/// ```
///  63  60
/// +----------------------------------+
/// | integer below, + 2^61            |   a number, from -2^61 to 2^62 - 1
/// +----------------------------------+
/// |  6 | byte + 1 ... | 0            |   an atom's name
/// |  8 |                             |   a fun; 7: a reference, 9: a port, both by node first
/// | 10 | number                      |   a pid
/// | 11 | size:4 | element ...        |   a tuple
/// | 12 | size:16                     |   a map
/// | 13 |                             |   []
/// | 14 | element | tail              |   a list
/// | 15 | byte ...                    |   a bit string
/// +----------------------------------+
/// ```
/// Elements are written the same way one behind the other, but numbers by their length:
/// ```
/// | 0 | + 2^60:60   | 1 | + 2^20:20, fraction:1 | 2 | 8, fraction:1 | 3 | 20, fraction:1 |
/// | 4 | 36, fraction:1 | 5 | 60 |
/// ```
/// What is not written whole ends the prefix, so that nothing behind it decides.
struct KeyPrefix {
  private var bits: UInt = 0
  private var room = 64
  private let atoms: AtomTable

  /// The prefix of a key.
  @inline(__always)
  static func of(_ key: Term, atoms: AtomTable) -> UInt {
    if key.isSmall { return ofInteger(key.smallValue) }
    return ofOther(key, atoms: atoms)
  }

  /// The small integer with a prefix.
  /// - Precondition: it is that of a small integer.
  @inline(__always)
  static func small(_ prefix: UInt) -> Term { .small(Int(bitPattern: prefix) &- 1 << 61) }

  @inline(__always)
  private static func ofInteger(_ value: Int) -> UInt { UInt(bitPattern: value &+ 1 << 61) }

  @inline(never)
  private static func ofOther(_ key: Term, atoms: AtomTable) -> UInt {
    if key.isNumber { return ofInteger(FlooredNumber(key).floor) }
    var prefix = KeyPrefix(atoms: atoms)
    prefix.append(key)
    return prefix.bits
  }

  private init(atoms: AtomTable) { self.atoms = atoms }

  /// Writes bits, as many as there is room for.
  private mutating func append(_ value: UInt, count: Int) {
    if room <= 0 { return }
    room -= count
    bits |= room >= 0 ? value << UInt(room) : value >> UInt(-room)
  }

  /// Ends the prefix.
  private mutating func end() { room = 0 }

  /// Writes a term. Each term within a term takes 4 bits at least, which bounds the recursion.
  private mutating func append(_ term: Term) {
    if room <= 0 { return }
    if term.isNumber { return append(FlooredNumber(term)) }
    if term.isAtom { return appendAtom(term) }
    if term.isNil { return append(13, count: 4) }
    if term.isCons { return appendList(term) }
    if term.isLocalPid {
      append(10, count: 4)
      append(term.identifierNumber, count: 60)
      return end()
    }
    if term.isLocalPort {
      append(9, count: 4)
      return end()
    }
    appendBoxed(term)
  }

  private mutating func appendBoxed(_ term: Term) {
    switch term.header.subtag {
    case .tuple: return appendTuple(term.boxed)
    case .map:
      append(12, count: 4)
      append(min(term.boxed[1], 0xFFFF), count: 16)
    case .heapBinary, .binaryHandle, .subBinary: appendBits(term.bitRange)
    case .fun: append(8, count: 4)
    case .reference, .externalReference: append(7, count: 4)
    case .externalPort: append(9, count: 4)
    case .externalPid:
      let data = ExternalIdentifier.data(at: term.boxed)
      append(10, count: 4)
      append(data >> 32, count: 32)
      append(min(data & 0xFFFF_FFFF, 1 << 28 - 1), count: 28)
    default:
      preconditionFailure("no key has the header 0x\(String(term.header.bits, radix: 16))")
    }
    end()
  }

  private mutating func append(_ number: FlooredNumber) {
    let floor = number.floor
    let fraction: UInt = number.isExact ? 0 : 1
    switch floor {
    case ..<(-1 << 20):
      append(0, count: 4)
      append(UInt(bitPattern: max(floor, -1 << 60) + 1 << 60), count: 60)
    case ..<0:
      append(1, count: 4)
      append(UInt(bitPattern: floor + 1 << 20) << 1 | fraction, count: 21)
    case ..<(1 << 8):
      append(2, count: 4)
      append(UInt(bitPattern: floor) << 1 | fraction, count: 9)
    case ..<(1 << 20):
      append(3, count: 4)
      append(UInt(bitPattern: floor) << 1 | fraction, count: 21)
    case ..<(1 << 36):
      append(4, count: 4)
      append(UInt(bitPattern: floor) << 1 | fraction, count: 37)
    default:
      append(5, count: 4)
      append(UInt(bitPattern: min(floor, 1 << 60 - 1)), count: 60)
    }
    if fraction == 1 { end() }
  }

  private mutating func appendAtom(_ atom: Term) {
    append(6, count: 4)
    let name = atoms.nameBytes(of: atom)
    for byte in name where room > 0 { append(UInt(byte) + 1, count: 8) }
    append(0, count: 8)
  }

  private mutating func appendTuple(_ words: UnsafeMutablePointer<UInt>) {
    let arity = Header(bits: words[0]).arity
    append(11, count: 4)
    append(UInt(min(arity, 15)), count: 4)
    if arity >= 15 { return end() }
    var place = 1
    while place <= arity && room > 0 {
      append(Term(bits: words[place]))
      place += 1
    }
  }

  private mutating func appendList(_ list: Term) {
    var rest = list
    while rest.isCons && room > 0 {
      append(14, count: 4)
      append(rest.cons[0])
      rest = rest.cons[1]
    }
    append(rest)
  }

  private mutating func appendBits(_ range: BitRange) {
    append(15, count: 4)
    var index = 0
    while index < range.byteCount && room > 0 {
      append(UInt(range.byte(at: index)), count: 8)
      index += 1
    }
  }
}

/// A number's integer below, as far as prefixes tell numbers apart.
private struct FlooredNumber {
  let floor: Int
  /// Whether that is the number itself.
  let isExact: Bool

  private static var lowest: Int { -1 << 61 }
  private static var highest: Int { 1 << 62 - 1 }

  init(_ number: Term) {
    if number.isSmall {
      (floor, isExact) = (number.smallValue, true)
    } else if number.isFloat {
      let value = number.floatValue
      let whole = value.rounded(.down)
      if whole < Double(Self.lowest) {
        (floor, isExact) = (Self.lowest, false)
      } else if whole >= 0x1p62 {
        (floor, isExact) = (Self.highest, false)
      } else {
        (floor, isExact) = (Int(whole), whole == value)
      }
    } else {
      let magnitude = number.header.arity == 1 ? min(number.boxed[1], 1 << 62) : 1 << 62
      let value = number.header.isNegative ? -Int(magnitude) : Int(magnitude)
      floor = min(max(value, Self.lowest), Self.highest)
      isExact = floor == value
    }
  }
}
