/// Which characters differ in case only.
enum RegexCase {
  /// The others that a character counts as without case: in Latin 1, or in Unicode.
  static func others(of character: UInt32, isUnicode: Bool) -> [UInt32] {
    if character < 128 && !isUnicode || !isUnicode {
      return latin1Other(of: character).map { [$0] } ?? []
    }
    return unicodeOthers[character] ?? []
  }

  /// The others of all characters of ranges.
  static func others(ofAny ranges: [ClosedRange<UInt32>]) -> [UInt32] {
    unicodeOthers.flatMap { character, others in
      ranges.contains { $0.contains(character) } ? others : []
    }
  }

  private static func latin1Other(of character: UInt32) -> UInt32? {
    switch character {
    case 0x41...0x5A, 0xC0...0xD6, 0xD8...0xDE: character + 0x20
    case 0x61...0x7A, 0xE0...0xF6, 0xF8...0xFE: character - 0x20
    default: nil
    }
  }

  /// Characters with others that have the same simple case folding. Looked for once: what has a
  /// case stands below the place where the search ends.
  private static let unicodeOthers: [UInt32: [UInt32]] = {
    var members: [UInt32: [UInt32]] = [:]
    for value in UInt32(0x41)..<0x1_EA00 {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isCased else { continue }
      members[folded(scalar), default: []].append(value)
    }
    var others: [UInt32: [UInt32]] = [:]
    for group in members.values where group.count > 1 {
      for member in group { others[member] = group.filter { $0 != member } }
    }
    return others
  }()

  /// The lower case of the upper case, as far as either is one character. The dotted and the
  /// dotless i, which only Turkish takes for other cases of i, stay by themselves.
  private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
    if scalar.value == 0x130 || scalar.value == 0x131 { return scalar.value }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    return (single(upper.properties.lowercaseMapping) ?? upper).value
  }

  private static func single(_ text: String) -> Unicode.Scalar? {
    let scalars = text.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }
}
