import Terms

/// Checks that what an object shows of bits is there, whatever its raw words say.
enum BitVerifier {
  /// What is wrong with an object as a bit string or a match context; nothing with one that is none.
  ///
  /// What it is a part of is known to be an object. No sum here can overflow: what is added was
  /// compared before.
  static func problem(with object: UnsafeMutablePointer<UInt>) -> String? {
    if object[0] & 3 != 0 { return nil }
    let header = Header(bits: object[0])
    switch header.subtag {
    case .heapBinary:
      return object[1] <= UInt(8 * (header.rawWords - 1))
        ? nil : "is a binary of \(object[1]) bytes in \(header.rawWords - 1) words"
    case .subBinary:
      guard let bits = bits(ofOriginal: object[4]) else { return "is a part of no binary" }
      return isPart(object, of: bits) ? nil : "is no part of the \(bits) bits that it is a part of"
    case .matchContext:
      guard let bits = bits(ofOriginal: object[1 + header.rawWords]) else {
        return "matches no binary"
      }
      let isWithin =
        object[1] <= object[2] && (2...header.rawWords).allSatisfy { object[$0] <= bits }
      return isWithin ? nil : "matches beyond the \(bits) bits of its binary"
    default: return nil
    }
  }

  private static func isPart(_ part: UnsafeMutablePointer<UInt>, of bits: UInt) -> Bool {
    let bytes = bits / 8
    guard part[3] & ~0x707 == 0, part[1] <= bytes, part[2] <= bytes - part[1] else { return false }
    return 8 * (part[1] + part[2]) + (part[3] & 7) + (part[3] >> 8) <= bits
  }

  /// The bits of what a part is a part of; nothing where that is no binary.
  private static func bits(ofOriginal word: UInt) -> UInt? {
    let term = Term(bits: word)
    guard term.isBoxed(.heapBinary) || term.isBoxed(.binaryHandle) else { return nil }
    // Whether a binary has as many is found at the binary: here, they only have to be a number.
    return min(term.boxed[1], UInt.max >> 4) * 8
  }
}
