import Terms

/// A look at a term before it is copied: whether it is small, and then whether anything in it is
/// shared. Most messages are small and share nothing: such a one takes no more than its words, and
/// no table beside.
struct SmallGraph: ~Copyable {
  private let spaces: SenderSpaces
  /// The objects met, by their terms; as many as `count`.
  private var met: InlineArray<16, UInt>
  private var count = 0
  private var words = 0
  /// Whether an object was met twice.
  private(set) var isShared = false

  /// The most objects of a small term.
  private static var mostObjects: Int { 16 }
  /// The most words of a small term.
  static var mostWords: Int { 64 }

  init(spaces: SenderSpaces) {
    self.spaces = spaces
    met = InlineArray(repeating: 0)
  }

  /// The words of a copy, whatever is shared in it.
  /// - Returns: nothing where the term is not small.
  mutating func words(of term: Term) -> Int? {
    if !add(term.bits) { return nil }
    // Breadth first: what was met is what is still to be looked through.
    var next = 0
    while next < count {
      let bits = met[next]
      next += 1
      if bits & 3 == 1 {
        let cell = UnsafeMutablePointer<UInt>(bitPattern: bits &- 1).unsafelyUnwrapped
        if !add(cell[0]) || !add(cell[1]) { return nil }
        continue
      }
      let object = Term(bits: bits).boxed
      if Header(bits: object[0]).subtag == .subBinary { continue }
      var (slot, end) = ToSpace.slots(ofObjectAt: object)
      while slot < end {
        if !add(slot.pointee) { return nil }
        slot += 1
      }
    }
    return words
  }

  /// Notes the object of a term that will be copied.
  /// - Returns: whether the term may still be small.
  @inline(__always)
  private mutating func add(_ bits: UInt) -> Bool {
    bits & 3 == 3 || addObject(bits)
  }

  private mutating func addObject(_ bits: UInt) -> Bool {
    if !spaces.copies(bits) { return true }
    for index in 0..<count where met[index] == bits {
      isShared = true
      return true
    }
    if count == Self.mostObjects { return false }
    met[count] = bits
    count += 1
    words += bits & 3 == 1 ? 2 : Self.words(ofObjectAt: Term(bits: bits).boxed)
    return words <= Self.mostWords
  }

  private static func words(ofObjectAt object: UnsafeMutablePointer<UInt>) -> Int {
    let header = object[0]
    if header & 0x3F == 0 { return 1 &+ Int(header &>> 6) }
    return SharingCopyRest.words(of: object)
  }
}
