import Terms

/// Checks that a heap's list of objects that hold something outside is in order: each such object
/// is on it once, younger ones first, and what they hold adds up.
struct OffHeapVerifier {
  /// The young heap and the fragments.
  private let young: [AddressRange]
  private let old: AddressRange

  private init(_ state: HeapState) {
    var young = [AddressRange(state.start, state.top)]
    state.fragments.forEach { young.append(AddressRange($0.start, $0.top)) }
    self.young = young
    old = state.old.map { AddressRange($0.start, $0.top) } ?? .empty
  }

  static func verify(_ state: HeapState) {
    let verifier = OffHeapVerifier(state)
    var counts = (young: 0, old: 0)
    var words = (young: 0, old: 0)
    var next = state.offHeap.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      let isOld = verifier.old.contains(next)
      precondition(
        isOld || verifier.young.contains { $0.contains(next) },
        "heap verifier: \(object) in the off-heap list is in no generation")
      precondition(
        Header(bits: object[0]).subtag == .binaryHandle,
        "heap verifier: \(object) in the off-heap list is no handle")
      precondition(
        OffHeapObject.target(of: object).references > 0,
        "heap verifier: the handle at \(object) holds a binary that was freed")
      if !isOld {
        precondition(
          counts.old == 0, "heap verifier: the young \(object) follows an old one in the list")
        counts.young += 1
        words.young += OffHeapObject.words(heldBy: object)
      } else {
        counts.old += 1
        words.old += OffHeapObject.words(heldBy: object)
      }
      next = OffHeapObject.next(of: object)
    }
    // A handle that is listed twice, or a list that runs in a circle, fails here or never ends
    // above; what is not listed fails here.
    precondition(
      counts.young == verifier.young.reduce(0) { $0 + handles(in: $1) }
        && counts.old == handles(in: verifier.old),
      "heap verifier: \(counts) objects in the off-heap list, not those of the heap")
    precondition(
      words.young == state.offHeap.virtualWords && words.old >= state.virtualHeap.oldWords,
      "heap verifier: the virtual heap is \(words), not what was counted")
  }

  private static func handles(in range: AddressRange) -> Int {
    if range.words == 0 { return 0 }
    var count = 0
    var scan = range.pointer
    let top = scan + range.words
    while scan < top {
      if scan.pointee & 0x3F == Header.Subtag.binaryHandle.bits { count += 1 }
      scan = ObjectStarts.termsOfObject(at: scan, before: top).end
    }
    return count
  }
}
