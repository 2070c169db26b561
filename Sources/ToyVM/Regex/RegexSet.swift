/// A set of characters.
struct RegexSet: Sendable {
  /// The members below 256, a bit each.
  private(set) var low: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  /// Members from 256 on.
  private var ranges: [ClosedRange<UInt32>] = []
  private var properties: [(property: RegexProperty, isNegated: Bool)] = []
  /// Inverted sets whose members, from 256 on, are members.
  private var parts: [RegexSet] = []
  /// Whether, from 256 on, all others are the members.
  private var isInverted = false

  init() {}

  init(_ characters: [UInt32]) { for character in characters { insert(character) } }

  init(_ range: ClosedRange<UInt32>) { insert(range) }

  /// The characters below 256 that a closure picks.
  init(lowWhere isMember: (UInt32) -> Bool) {
    for character in 0..<256 where isMember(UInt32(character)) { setLow(character) }
  }

  /// The only member, if it is the only one.
  var single: UInt32? {
    guard isLow else { return nil }
    let members = (0..<256).filter { containsLow($0) }
    return members.count == 1 ? UInt32(members[0]) : nil
  }

  /// Whether all members are below 256.
  var isLow: Bool { ranges.isEmpty && properties.isEmpty && parts.isEmpty && !isInverted }

  mutating func insert(_ character: UInt32) { insert(character...character) }

  mutating func insert(_ range: ClosedRange<UInt32>) {
    if range.lowerBound < 256 {
      for character in range.lowerBound...min(255, range.upperBound) { setLow(Int(character)) }
    }
    if range.upperBound >= 256 { ranges.append(max(256, range.lowerBound)...range.upperBound) }
  }

  mutating func insert(_ property: RegexProperty, isNegated: Bool) {
    for character in 0..<256 where property.holds(UInt32(character)) != isNegated {
      setLow(character)
    }
    properties.append((property, isNegated))
  }

  mutating func formUnion(_ other: RegexSet) {
    low.0 |= other.low.0
    low.1 |= other.low.1
    low.2 |= other.low.2
    low.3 |= other.low.3
    if other.isInverted {
      parts.append(other)
    } else {
      ranges += other.ranges
      properties += other.properties
      parts += other.parts
    }
  }

  /// All characters that are no members.
  var inverted: RegexSet {
    var result = self
    result.low = (~low.0, ~low.1, ~low.2, ~low.3)
    result.isInverted.toggle()
    return result
  }

  /// The same with the other cases of all members.
  func withOtherCases(isUnicode: Bool) -> RegexSet {
    var result = self
    for character in 0..<256 where containsLow(character) {
      for other in RegexCase.others(of: UInt32(character), isUnicode: isUnicode) {
        result.insert(other)
      }
    }
    if isUnicode && !ranges.isEmpty {
      for other in RegexCase.others(ofAny: ranges) { result.insert(other) }
    }
    return result
  }

  static let last: UInt32 = 0x10_FFFF

  @inline(__always) func containsLow(_ character: Int) -> Bool {
    let word =
      switch character >> 6 {
      case 0: low.0
      case 1: low.1
      case 2: low.2
      default: low.3
      }
    return word >> UInt64(character & 63) & 1 != 0
  }

  func contains(_ character: UInt32) -> Bool {
    if character < 256 { return containsLow(Int(character)) }
    let isThere =
      ranges.contains { $0.contains(character) }
      || properties.contains { $0.property.holds(character) != $0.isNegated }
      || parts.contains { $0.contains(character) }
    return isThere != isInverted
  }

  private mutating func setLow(_ character: Int) {
    let bit: UInt64 = 1 << UInt64(character & 63)
    switch character >> 6 {
    case 0: low.0 |= bit
    case 1: low.1 |= bit
    case 2: low.2 |= bit
    default: low.3 |= bit
    }
  }
}
