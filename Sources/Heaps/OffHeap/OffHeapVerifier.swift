import Terms

/// Checks that a heap's list of objects that hold something outside is in order: each such object
/// is on it once, younger ones first, and what they hold adds up.
struct OffHeapVerifier {
  /// The young heap and the fragments, in the order of their addresses.
  private let young: [AddressRange]
  private let old: AddressRange
  /// The blocks of all binaries; nothing where each handle is taken to hold one.
  private let binaries: [UInt: Int]?

  private init(_ state: HeapState, binaries: [UInt: Int]?) {
    var young = [AddressRange(state.start, state.top)]
    state.fragments.forEach { young.append(AddressRange($0.start, $0.top)) }
    self.young = young.sorted { $0.start < $1.start }
    self.binaries = binaries
    old = state.old.map { AddressRange($0.start, $0.top) } ?? .empty
  }

  /// Verifies the list of a heap all of whose objects are whole.
  /// - Parameters:
  ///   - handles: how many are among the objects of each generation.
  ///   - binaries: the blocks of all binaries of the system, by address, with their bytes; without
  ///     them each handle is taken to hold one.
  static func verify(
    _ state: HeapState, handles: (young: Int, old: Int), binaries: [UInt: Int]?
  ) throws(HeapDamage) {
    let verifier = OffHeapVerifier(state, binaries: binaries)
    var counts = (young: 0, old: 0)
    var words = (young: 0, old: 0)
    var next = state.offHeap.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      try verifier.verify(object, followsOld: counts.old > 0)
      if verifier.old.contains(next) {
        counts.old += 1
        words.old += Int(object[1] / 8)
      } else {
        counts.young += 1
        words.young += Int(object[1] / 8)
      }
      // One that is listed twice, or a list that runs in a circle.
      try HeapDamage.unless(
        counts.young <= handles.young && counts.old <= handles.old,
        HeapDamage(at: object, .list, "is on the list although all objects were"))
      next = OffHeapObject.next(of: object)
    }
    func check(_ condition: Bool, _ problem: String) throws(HeapDamage) {
      try HeapDamage.unless(condition, HeapDamage(at: state.start, .accounting, problem))
    }
    try check(
      counts.young == handles.young && counts.old == handles.old,
      "has \(counts) objects in the off-heap list, of \(handles)")
    try check(
      words.young == state.offHeap.virtualWords && words.old == state.virtualHeap.oldWords,
      "counts \(state.offHeap.virtualWords) and \(state.virtualHeap.oldWords) words in the "
        + "virtual heap, which holds \(words)")
  }

  private func verify(
    _ object: UnsafeMutablePointer<UInt>, followsOld: Bool
  ) throws(HeapDamage) {
    func check(_ condition: Bool, _ problem: String) throws(HeapDamage) {
      try HeapDamage.unless(condition, HeapDamage(at: object, .list, problem))
    }
    let address = UInt(bitPattern: object)
    let isOld = old.contains(address)
    try check(isOld || young.place(of: address) { $0 } != nil, "is in no generation")
    try check(Header(bits: object[0]).subtag == .binaryHandle, "is no handle")
    try check(isOld || !followsOld, "is young and follows an old one")
    try verifyBinary(of: object)
  }

  /// Verifies that a handle holds a binary, and shows bytes of it.
  private func verifyBinary(of handle: UnsafeMutablePointer<UInt>) throws(HeapDamage) {
    func check(_ condition: Bool, _ problem: String) throws(HeapDamage) {
      try HeapDamage.unless(condition, HeapDamage(at: handle, .list, problem))
    }
    var blockBytes = Int.max
    if let binaries {
      guard let byteCount = binaries[handle[3]] else {
        throw HeapDamage(at: handle + 3, word: handle[3], .list, "is no binary that there is")
      }
      blockBytes = byteCount
    }
    let binary = BinaryHandle.binary(at: handle)
    try check(binary.references > 0, "holds a binary that was freed")
    let capacity = UInt(bitPattern: binary.capacity)
    try check(
      binary.capacity >= 0 && binary.capacity <= blockBytes - OffHeapBinary.headerBytes,
      "holds a binary of \(capacity) bytes in a block of \(blockBytes)")
    let offset = handle[4] &- UInt(bitPattern: binary.bytes)
    try check(
      offset <= capacity && handle[1] <= capacity - offset,
      "shows \(handle[1]) bytes from \(offset) on, of a binary of \(capacity)")
  }
}
