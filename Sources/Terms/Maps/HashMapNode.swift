/// A root or an inner node of a hash map, at the address of its header.
struct HashMapNode: BitwiseCopyable {
  let words: UnsafeMutablePointer<UInt>

  @inline(__always)
  init(at words: UnsafeMutablePointer<UInt>) { self.words = words }
  @inline(__always)
  init(_ term: Term) { words = term.boxed }

  @inline(__always)
  var header: Header { Header(bits: words[0]) }
  /// The slots that are there, a bit each.
  @inline(__always)
  var bitmap: UInt { header.mapBitmap }
  /// How many slots are there.
  @inline(__always)
  var slotCount: Int { header.mapSlotCount }
  /// The words before the first slot: two in a root, else one.
  @inline(__always)
  var headWords: Int { 1 &+ Int(words[0] >> 8 & 1) }
  /// The first slot.
  @inline(__always)
  var slots: UnsafeMutablePointer<UInt> { words + headWords }
  /// Whether this is a root.
  @inline(__always)
  var isRoot: Bool { headWords == 2 }
  /// The words of the node.
  @inline(__always)
  var wordCount: Int { headWords &+ slotCount }

  /// Whether there is a slot of a bit.
  @inline(__always)
  func has(_ bit: UInt) -> Bool { bitmap & bit != 0 }
  /// The place of a bit's slot among the slots.
  @inline(__always)
  func place(of bit: UInt) -> Int { Header.countSome(bitmap & (bit &- 1)) }
  /// The slot of a bit that is there.
  @inline(__always)
  func slot(of bit: UInt) -> Term { Term(bits: slots[place(of: bit)]) }

  @inline(__always)
  static func count(_ bitmap: UInt) -> Int {
    UInt16(truncatingIfNeeded: bitmap).nonzeroBitCount
  }

  /// Reserves a node, or a root of so many keys, whose slots the caller fills.
  @inline(__always)
  static func make(bitmap: UInt, rootSize: Int?, cursor: inout WordCursor) -> HashMapNode {
    let count = count(bitmap)
    guard let rootSize else {
      let words = cursor.reserve(1 &+ count)
      words[0] = Header.hashMapNode(bitmap: bitmap).bits
      return HashMapNode(at: words)
    }
    let words = cursor.reserve(2 &+ count)
    words[0] =
      bitmap == 0xFFFF ? Header.hashMapFullRoot.bits : Header.hashMapRoot(bitmap: bitmap).bits
    words[1] = UInt(rootSize)
    return HashMapNode(at: words)
  }

  @inline(__always)
  var term: Term { .boxed(at: words) }
}

extension HashMapNode {
  /// Copies the node as it is.
  @inline(__always)
  func copy(cursor: inout WordCursor) -> HashMapNode {
    let count = wordCount
    let copy = cursor.reserve(count)
    for place in 0..<count { copy[place] = words[place] }
    return HashMapNode(at: copy)
  }

  /// Copies the node with a slot more, which the caller fills; a root counts a key more.
  func copy(adding bit: UInt, cursor: inout WordCursor) -> HashMapNode {
    let copy = HashMapNode.make(
      bitmap: bitmap | bit, rootSize: isRoot ? Int(words[1]) + 1 : nil, cursor: &cursor)
    let (place, count) = (place(of: bit), slotCount)
    for index in 0..<place { copy.slots[index] = slots[index] }
    for index in place..<count { copy.slots[index + 1] = slots[index] }
    return copy
  }

  /// Copies the node with a slot less; a root counts a key less.
  func copy(removing bit: UInt, cursor: inout WordCursor) -> HashMapNode {
    let copy = HashMapNode.make(
      bitmap: bitmap & ~bit, rootSize: isRoot ? Int(words[1]) - 1 : nil, cursor: &cursor)
    let (place, count) = (place(of: bit), slotCount)
    for index in 0..<place { copy.slots[index] = slots[index] }
    for index in place + 1..<max(count, place + 1) { copy.slots[index - 1] = slots[index] }
    return copy
  }
}
