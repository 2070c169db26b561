import Terms

/// Moving one object.
extension ToSpace {
  /// Copies an object that has not moved and forwards it.
  ///
  /// - Parameter views: where views are noted that were moved.
  /// - Returns: the end of the copy, and 1 if it holds no terms that are to be visited, else 0. By
  ///   value, so that the caller keeps the top in a register.
  @inline(__always)
  static func moveObject(
    _ object: UnsafeMutablePointer<UInt>, header: UInt, to new: UnsafeMutablePointer<UInt>,
    views: MovedViews
  ) -> (end: UnsafeMutablePointer<UInt>, settled: UInt) {
    let second = object[1]
    object[0] = UInt(bitPattern: new) &+ 2
    // Nothing is shorter than two words; most is not much longer.
    new[0] = header
    new[1] = second
    if header == Header.float.bits { return (new + 2, 1) }
    let words = 1 &+ Int(header >> 6)
    if header & 0x3F != 0 || words > 4 {
      return moveRest(of: object, header: header, to: new, views: views)
    }
    // All elements, and-ed: the low bits stay 11 as long as each is an immediate.
    var elements = second
    if words > 2 {
      let third = object[2]
      new[2] = third
      elements &= third
      if words > 3 {
        let fourth = object[3]
        new[3] = fourth
        elements &= fourth
      }
    }
    return (new + words, areSettled(elements))
  }

  /// Copies what stands behind the first two words of an object that is long or of a rarer kind.
  @inline(never)
  private static func moveRest(
    of object: UnsafeMutablePointer<UInt>, header: UInt, to new: UnsafeMutablePointer<UInt>,
    views: MovedViews
  ) -> (end: UnsafeMutablePointer<UInt>, settled: UInt) {
    let header = Header(bits: header)
    if header.isHashMap { return moveNode(of: object, header: header, to: new) }
    if header.subtag == .subBinary { return views.move(object, to: new) }
    let words = header.objectWords(at: object)
    let raw = 1 + header.rawWords
    var elements = UInt.max
    var index = 2
    while index < words {
      let element = object[index]
      new[index] = element
      elements &= element
      index &+= 1
    }
    if words == raw { return (new + words, 1) }
    return (new + words, header.rawWords == 0 ? areSettled(elements & new[1]) : 0)
  }

  /// Copies a node of a hash map, or its root, whose slots always are to be visited.
  @inline(__always)
  private static func moveNode(
    of object: UnsafeMutablePointer<UInt>, header: Header, to new: UnsafeMutablePointer<UInt>
  ) -> (end: UnsafeMutablePointer<UInt>, settled: UInt) {
    let words = 1 &+ header.rawWords &+ header.mapSlotCount
    // Two words at a time, the last two perhaps twice: there are few, and mostly not a few more.
    // The first is forwarded already.
    var place = 1
    while place < words &- 1 {
      copyPair(from: object + place, to: new + place)
      place &+= 2
    }
    if words > 2 { copyPair(from: object + (words &- 2), to: new + (words &- 2)) }
    return (new + words, 0)
  }

  /// Copies two words by one load and one store.
  @inline(__always)
  static func copyPair(
    from source: UnsafeMutablePointer<UInt>, to target: UnsafeMutablePointer<UInt>
  ) {
    storePair(pair(at: source), to: target)
  }

  /// Reads two words by one load.
  @inline(__always)
  static func pair(at source: UnsafeMutablePointer<UInt>) -> SIMD2<UInt> {
    UnsafeRawPointer(source).loadUnaligned(as: SIMD2<UInt>.self)
  }

  /// Writes two words by one store.
  @inline(__always)
  static func storePair(_ words: SIMD2<UInt>, to target: UnsafeMutablePointer<UInt>) {
    UnsafeMutableRawPointer(target).storeBytes(of: words, as: SIMD2<UInt>.self)
  }
}
