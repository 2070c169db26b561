import Terms

/// Where the objects of a space begin: a mark for each of its words.
///
/// Found by a walk over the objects, so one that is not what its header says is found here.
struct ObjectStarts {
  /// The space.
  let range: AddressRange
  private var marks: [UInt64]

  /// Walks the objects that stand one behind the other.
  /// - Throws: what is wrong with the first that is none.
  init(
    from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>,
    _ place: HeapDamage.Place
  ) throws(HeapDamage) {
    range = AddressRange(start, top)
    marks = [UInt64](repeating: 0, count: (top - start + 63) / 64)
    var scan = start
    while scan < top {
      let word = scan - start
      marks[word / 64] |= 1 << UInt64(word % 64)
      scan = try Self.termsOfObject(at: scan, before: top, place).end
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

  /// The end of an object that is known to be whole.
  static func end(ofObjectAt object: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt> {
    let bits = object.pointee
    return object + (bits & 3 != 0 ? 2 : Header(bits: bits).objectWords(at: object))
  }

  /// The first term of the object that begins at an address, and the end of the object.
  /// - Throws: where the object is none, or reaches beyond the end of what is used.
  static func termsOfObject(
    at object: UnsafeMutablePointer<UInt>, before top: UnsafeMutablePointer<UInt>,
    _ place: HeapDamage.Place
  ) throws(HeapDamage) -> (terms: UnsafeMutablePointer<UInt>, end: UnsafeMutablePointer<UInt>) {
    func damage(_ problem: String) -> HeapDamage { HeapDamage(at: object, place, problem) }
    let bits = object.pointee
    if bits & 3 != 0 {
      try HeapDamage.unless(top - object >= 2, damage("is half a cons, at the end of its space"))
      return (object, object + 2)
    }
    try HeapDamage.unless(bits != 0, damage("is no value, where an object begins"))
    let header = Header(bits: bits)
    try HeapDamage.unless(
      header.rawWords < top - object,
      damage("is an object of \(1 + header.rawWords) words that runs beyond the end of its space"))
    // What tells its size, and where its terms are, is read below and by whoever walks it later.
    try HeapDamage.unless(
      hasUsualRawWords(header),
      damage("begins with no header of its kind: \(header.rawWords) raw words"))
    try HeapDamage.unless(
      bits != Header.flatMap.bits || object[1] <= UInt(FlatMap.maximumSize),
      damage("is a flat map of \(object[1]) keys"))
    let words = header.objectWords(at: object)
    try HeapDamage.unless(
      words <= top - object,
      damage("is an object of \(words) words that runs beyond the end of its space"))
    return (object + 1 + header.rawWords, object + words)
  }
}
