import Terms

/// Where the objects of a space begin: a mark for each of its words.
///
/// Found by a walk over the objects, so one that is not what its header says is found there.
struct ObjectStarts: BitwiseCopyable {
  /// The space.
  let range: AddressRange
  private let marks: UnsafeMutablePointer<UInt64>

  /// Makes the marks of a space, none set; who makes them frees them.
  init(_ range: AddressRange) {
    self.range = range
    let count = (range.words + 63) / 64
    marks = .allocate(capacity: count)
    marks.initialize(repeating: 0, count: count)
  }

  func free() { marks.deallocate() }

  /// What is among the objects of a space.
  struct Contents {
    /// The handles of binaries.
    var handles = 0
    /// Whether there are bit strings or match contexts.
    var hasBits = false
  }

  /// Walks the objects that stand one behind the other.
  /// - Throws: what is wrong with the first that is none.
  func mark(_ place: HeapDamage.Place) throws(HeapDamage) -> Contents {
    var contents = Contents()
    if range.isEmpty { return contents }
    let start = range.pointer
    let top = start + range.words
    var scan = start
    while scan < top {
      let word = scan - start
      marks[word / 64] |= 1 << UInt64(word % 64)
      if let problem = Self.problem(withObjectAt: scan, before: top) {
        throw HeapDamage(at: scan, place, problem)
      }
      switch scan.pointee & 0x3F {
      case Header.Subtag.binaryHandle.bits:
        contents.handles += 1
        contents.hasBits = true
      case Header.Subtag.heapBinary.bits, Header.Subtag.subBinary.bits,
        Header.Subtag.matchContext.bits:
        contents.hasBits = true
      default: break
      }
      scan = Self.end(ofObjectAt: scan)
    }
    return contents
  }

  /// Whether an object begins at the address of a cons or boxed term in the range.
  func contains(_ bits: UInt) -> Bool {
    let distance = (bits & ~3) &- range.start
    if distance & 7 != 0 { return false }
    let word = Int(distance / 8)
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

  /// Whether a header has as many raw words as all of its kind have, where they have as many.
  private static func hasUsualRawWords(_ header: Header) -> Bool {
    switch header.subtag {
    case .map:
      header.mapType == .flat
        ? header.bits == Header.flatMap.bits : header.rawWords == (header.mapType == .node ? 0 : 1)
    case .fun: header.bits == Header.fun.bits
    case .float: header.bits == Header.float.bits
    case .binaryHandle: header.rawWords == BinaryHandle.words - 1
    case .subBinary: header.rawWords == SubBinary.words - 2
    case .matchContext: header.rawWords >= MatchContext.words - 2
    case .heapBinary: header.rawWords >= 1
    default: true
    }
  }

  static func beyondEnd(_ words: Int) -> String {
    "is an object of \(words) words that runs beyond the end of its space"
  }

  /// What is wrong with the object that begins at an address, which may be none; nothing where it is
  /// whole and ends where its space does or before.
  static func problem(
    withObjectAt object: UnsafeMutablePointer<UInt>, before top: UnsafeMutablePointer<UInt>
  ) -> String? {
    let bits = object.pointee
    if bits & 3 != 0 { return top - object < 2 ? "is half a cons, at the end of its space" : nil }
    if bits == 0 { return "is no value, where an object begins" }
    let header = Header(bits: bits)
    if header.rawWords >= top - object { return beyondEnd(1 + header.rawWords) }
    // What tells its size, and where its terms are, is read below and by whoever walks it later.
    if !hasUsualRawWords(header) {
      return "begins with no header of its kind: \(header.rawWords) raw words"
    }
    if bits == Header.flatMap.bits && object[1] > UInt(FlatMap.maximumSize) {
      return "is a flat map of \(object[1]) keys"
    }
    let words = header.objectWords(at: object)
    return words > top - object ? beyondEnd(words) : nil
  }

  /// The end of an object that is known to be whole.
  static func end(ofObjectAt object: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt> {
    let bits = object.pointee
    return object + (bits & 3 != 0 ? 2 : Header(bits: bits).objectWords(at: object))
  }

  /// The first term of an object that is known to be whole.
  static func terms(ofObjectAt object: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt> {
    let bits = object.pointee
    return bits & 3 != 0 ? object : object + 1 + Header(bits: bits).rawWords
  }
}
