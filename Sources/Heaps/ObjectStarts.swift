import Terms

/// Where the objects of a space begin: a mark for each of its words.
///
/// Found by a walk over the objects, so one that is not what its header says is found here.
struct ObjectStarts {
  /// The space.
  let range: AddressRange
  private var marks: [UInt64]

  /// Walks the objects that stand one behind the other.
  init(from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>) {
    range = AddressRange(start, top)
    marks = [UInt64](repeating: 0, count: (top - start + 63) / 64)
    var scan = start
    while scan < top {
      let word = scan - start
      marks[word / 64] |= 1 << UInt64(word % 64)
      scan = Self.termsOfObject(at: scan, before: top).end
    }
  }

  /// Whether an object begins at the address of a cons or boxed term in the range.
  func contains(_ bits: UInt) -> Bool {
    let word = Int((bits & ~3) &- range.start) / MemoryLayout<UInt>.stride
    return marks[word / 64] >> UInt64(word % 64) & 1 == 1
  }

  /// Calls with each slot that holds a term, of the objects that stand one behind the other.
  @inline(__always)
  static func forEachTerm(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>,
    _ body: (UnsafeMutablePointer<UInt>) -> Void
  ) {
    var scan = start
    while scan < top {
      let bits = scan.pointee
      if bits & 3 == 0 {
        scan += 1 &+ Header(bits: bits).rawWords
      } else {
        body(scan)
        scan += 1
      }
    }
  }

  /// The first term of the object that begins at an address, and the end of the object.
  ///
  /// Traps where the object is none, or reaches beyond the end of what is used.
  static func termsOfObject(
    at object: UnsafeMutablePointer<UInt>, before top: UnsafeMutablePointer<UInt>
  ) -> (terms: UnsafeMutablePointer<UInt>, end: UnsafeMutablePointer<UInt>) {
    let bits = object.pointee
    if bits & 3 != 0 {
      precondition(top - object >= 2, "half a cons at \(object), at the heap's top")
      return (object, object + 2)
    }
    precondition(bits != 0, "no value at \(object), where an object begins")
    let header = Header(bits: bits)
    precondition(
      header.rawWords < top - object,
      "object of \(1 + header.rawWords) words at \(object) runs beyond the heap's top")
    let words = header.objectWords(at: object)
    precondition(
      words <= top - object, "object of \(words) words at \(object) runs beyond the heap's top")
    return (object + 1 + header.rawWords, object + words)
  }
}
