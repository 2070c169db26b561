import Terms

/// A space that a collection moves objects into, one behind the other, and then scans.
///
/// ```
///   a moved cons:   | 0 (no value)      | new cons term |
///   a moved object: | new boxed term    | ...           |    no header ends in 10
/// ```
/// Knows how to move and where to, nothing of which spaces take part.
/// (C. J. Cheney: "A nonrecursive list compacting algorithm", CACM 13, 1970.)
struct ToSpace {
  /// What stands below was scanned.
  var scan: UnsafeMutablePointer<UInt>
  /// The end of what was moved here.
  var top: UnsafeMutablePointer<UInt>
  /// What stands above `scan` and needs none.
  var settled = SettledRuns()

  init(at start: UnsafeMutablePointer<UInt>) {
    scan = start
    top = start
  }

  /// Copies an object, forwards it and returns its new term; or the forwarding word of one that
  /// moved before.
  @inline(__always)
  static func moveObject(
    _ object: UnsafeMutablePointer<UInt>, to top: inout UnsafeMutablePointer<UInt>,
    settled: inout SettledRuns
  ) -> UInt {
    let header = object[0]
    if header & 3 != 0 { return header }
    let new = top
    let forward = UInt(bitPattern: new) &+ 2
    let second = object[1]
    object[0] = forward
    // Nothing is shorter than two words; most is not much longer.
    new[0] = header
    new[1] = second
    if header == Header.float.bits {
      top = new + 2
      settled.append(new, top)
      return forward
    }
    if header & 0x3F != 0 {
      moveRest(of: object, header: header, to: &top, settled: &settled)
      return forward
    }
    // All elements, and-ed: the low bits stay 11 as long as each is an immediate.
    var elements = second
    let words = 1 &+ Int(header >> 6)
    if words > 2 {
      let third = object[2]
      new[2] = third
      elements &= third
      if words > 3 {
        let fourth = object[3]
        new[3] = fourth
        elements &= fourth
        var index = 4
        while index < words {
          let element = object[index]
          new[index] = element
          elements &= element
          index &+= 1
        }
      }
    }
    top = new + words
    if elements & 3 == 3 { settled.append(new, top) }
    return forward
  }

  /// Copies what stands behind the first two words of an object that is neither tuple nor float.
  @inline(never)
  private static func moveRest(
    of object: UnsafeMutablePointer<UInt>, header: UInt,
    to top: inout UnsafeMutablePointer<UInt>, settled: inout SettledRuns
  ) {
    let new = top
    let header = Header(bits: header)
    let words = header.objectWords(at: object)
    (new + 2).update(from: object + 2, count: words - 2)
    top = new + words
    if words == 1 + header.rawWords { settled.append(new, top) }
  }

  /// Copies the cells of a list one behind the other as long as they stand in a from-space: the
  /// tail is resolved at once.
  ///
  /// - Parameters:
  ///   - first: the term of the first cell, which stands in the from-space.
  ///   - slot: the slot that refers to it.
  /// - Returns: the slot of the last tail and the tail if it is still to be resolved.
  @inline(__always)
  static func moveChain(
    _ first: UInt, _ slot: UnsafeMutablePointer<UInt>, from: some FromSpace,
    to top: inout UnsafeMutablePointer<UInt>, settled: inout SettledRuns
  ) -> (slot: UnsafeMutablePointer<UInt>, tail: UInt) {
    let start = top
    var new = top
    var bits = first
    var slot = slot
    // All heads so far, and-ed: the low bits stay 11 as long as each is an immediate.
    var heads = UInt.max
    var tail: UInt
    while true {
      let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      tail = cell[1]
      if head == 0 {
        slot.pointee = tail
        tail = Term.nil.bits  // Resolved.
        break
      }
      let forward = UInt(bitPattern: new) &+ 1
      new[0] = head
      new[1] = tail
      cell[0] = 0
      cell[1] = forward
      slot.pointee = forward
      heads &= head
      slot = new + 1
      new += 2
      if tail & 3 != 1 || !from.contains(tail) { break }
      bits = tail
    }
    top = new
    if heads & tail & 3 == 3 { settled.append(start, new) }
    return (slot, tail)
  }
}

/// Tells the objects that move from those that stay.
protocol FromSpace {
  /// Whether a cons or boxed term's address is among those that move.
  func contains(_ bits: UInt) -> Bool
}

extension AddressRange: FromSpace {}

/// Two ranges whose objects go to one place.
struct TwoRanges: FromSpace {
  let first: AddressRange
  let second: AddressRange

  @inline(__always)
  func contains(_ bits: UInt) -> Bool { first.contains(bits) || second.contains(bits) }
}
