import Terms

/// What a collection may change in binaries, with no change in what anybody sees of them.
///
/// - A part of 24 whole bytes at most becomes a binary of its own.
/// - A handle that only parts refer to gets a smaller binary, and the parts other offsets.
/// - A handle that shows little of its binary gets one of its own, of the same bytes.
/// - A handle that may be appended to gets a binary with less room behind its bytes.
extension ModelHeap {
  /// Takes over what a collection changed, where the bits are the same; what else differs stays as
  /// it is in the model, for ``firstDifference(of:from:)`` to find.
  /// - Parameters:
  ///   - roots: the terms of the model.
  ///   - terms: the terms on the heap, in the same order.
  public mutating func followShrinking(of roots: [ModelTerm], to terms: [Term]) {
    let pairs = pairs(of: roots, with: terms)
    let sharedHandles = handlesBeyondParts(roots: roots)
    // All are looked at before the first is changed.
    var changes: [(number: Int, object: ModelObject)] = []
    var isBroken: Set<Int> = []
    for (number, term) in pairs where objects[number].subtag == .subBinary {
      let object = objects[number]
      guard term.isBoxed(.subBinary) || term.isBoxed(.heapBinary) else { continue }
      if !shows(term, part: object) {
        if case .object(let original) = object.slots[0] { isBroken.insert(original) }
        continue
      }
      var read = ModelObject(readingWordsOf: term)
      if term.isBoxed(.subBinary) { read.slots = object.slots }
      changes.append((number, read))
    }
    for (number, term) in pairs where objects[number].subtag == .binaryHandle {
      let object = objects[number]
      guard term.isBoxed(.binaryHandle), !isBroken.contains(number) else { continue }
      let read = ModelObject(readingWordsOf: term)
      let isSameToAll =
        isWritable(object)
        ? read.bytes == object.bytes && isWritable(read)
        : (read.bytes == object.bytes || !sharedHandles.contains(number)) && !isWritable(read)
      if isSameToAll { changes.append((number, read)) }
    }
    for (number, object) in changes { replace(number, by: object) }
  }

  /// The objects that the roots reach, each with its counterpart where that can be found.
  private func pairs(of roots: [ModelTerm], with terms: [Term]) -> [(number: Int, term: Term)] {
    var pairs: [(number: Int, term: Term)] = []
    var isFound = [Bool](repeating: false, count: objects.count)
    func find(_ expected: ModelTerm, _ term: Term) {
      guard case .object(let number) = expected, !isFound[number],
        objects[number].header == nil ? term.isCons : term.isBoxed
      else { return }
      isFound[number] = true
      pairs.append((number, term))
    }
    for (root, term) in zip(roots, terms) { find(root, term) }
    var next = 0
    while next < pairs.count {
      let (number, term) = pairs[next]
      next += 1
      for (slot, inner) in zip(objects[number].slots, ObjectWords(of: term).slots) {
        find(slot, inner)
      }
    }
    return pairs
  }

  /// The handles that something other than a part of their binary refers to.
  private func handlesBeyondParts(roots: [ModelTerm]) -> Set<Int> {
    var handles: Set<Int> = []
    func take(_ term: ModelTerm) {
      if case .object(let number) = term { handles.insert(number) }
    }
    for root in roots { take(root) }
    // What nothing refers to any more is collected, so it counts for nothing.
    for (object, isReached) in zip(objects, reachable(from: roots))
    where isReached && object.subtag != .subBinary {
      for slot in object.slots { take(slot) }
    }
    return handles
  }

  private func isWritable(_ handle: ModelObject) -> Bool { handle.rawWords[4] & 1 != 0 }

  /// Whether a bit string on the heap has the bits of a part in the model.
  private func shows(_ term: Term, part: ModelObject) -> Bool {
    let bitCount = Int(part.rawWords[0]) << 3 | Int(part.rawWords[2] & 7)
    let bitOffset = Int(part.rawWords[1]) << 3 | Int(part.rawWords[2] >> 8 & 7)
    let whole: [UInt8]
    switch part.slots[0] {
    case .word(let literal): whole = Array(literal.wholeBinaryBytes)
    case .object(let number):
      let original = objects[number]
      whole =
        original.subtag == .binaryHandle
        ? original.bytes
        : original.rawWords.dropFirst().flatMap { word in
          (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }
    let range = term.bitRange
    if range.bitCount != bitCount { return false }
    // A collection makes a binary of a part only where it is whole bytes, and few.
    if term.isBoxed(.heapBinary) && (bitCount > 24 * 8 || part.rawWords[2] != 0) { return false }
    return whole.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return bitCount == 0 }
      let expected = BitRange(base: base, bitOffset: bitOffset, bitCount: bitCount)
      return (0..<range.byteCount).allSatisfy { range.byte(at: $0) == expected.byte(at: $0) }
    }
  }
}
