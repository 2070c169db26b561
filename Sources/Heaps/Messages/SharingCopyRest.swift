import Terms

/// What a copy seldom needs, out of the way of what its loop has in registers.
struct SharingCopyRest: ~Copyable {
  let spaces: SenderSpaces
  var blocks: MessageBlocks
  var copied: CopiedObjects
  /// The objects of the copy that hold something outside.
  var offHeap = OffHeapList()
  /// Leaves of hash maps that are still to be copied.
  var leaves = LeafQueue()
  /// How often something was met that had been copied.
  private(set) var sharedReferences = 0
  /// What was refused, after which the copy is given up.
  private(set) var failure: MessageError?
  private(set) var pendingBase: UnsafeMutablePointer<UInt>
  private var pendingCapacity = SharingCopyRest.firstPendingWords
  private var scratch: ScratchBlocks

  static var firstPendingWords: Int { 128 }

  init(spaces: SenderSpaces, environment: HeapEnvironment) throws(MessageError) {
    let copied = try CopiedObjects(environment: environment)
    var scratch = ScratchBlocks(environment: environment)
    pendingBase = try scratch.allocate(byteCount: 8 * Self.firstPendingWords)
      .assumingMemoryBound(to: UInt.self)
    blocks = MessageBlocks(environment: environment)
    self.spaces = spaces
    self.copied = copied
    self.scratch = scratch
  }

  /// The page of a piece of the sender's heap.
  /// - Returns: nothing for a term that is not copied, or where memory was refused.
  @inline(never)
  mutating func page(of bits: UInt) -> CopiedObjects.Page? {
    if failure != nil { return nil }
    if !spaces.copies(bits) { return nil }
    do { return try copied.page(of: bits) } catch { return fail(error) }
  }

  /// Goes on in a new block.
  @inline(never)
  mutating func grow(from top: UnsafeMutablePointer<UInt>, words: Int) -> MessageBlocks.Room? {
    if failure != nil { return nil }
    do { return try blocks.grow(from: top, words: words) } catch { return fail(error) }
  }

  /// The address of a copy that is referred to again.
  @inline(never)
  mutating func address(ofShared place: UInt32) -> UInt {
    sharedReferences += 1
    return blocks.address(of: place)
  }

  /// Moves what is pending to a larger stack.
  @inline(never)
  mutating func growPending(
    upTo top: UnsafeMutablePointer<UInt>
  ) -> (top: UnsafeMutablePointer<UInt>, end: UnsafeMutablePointer<UInt>)? {
    if failure != nil { return nil }
    let count = top - pendingBase
    let doubled = 2 * pendingCapacity
    do {
      let larger = try scratch.allocate(byteCount: 8 * doubled).assumingMemoryBound(to: UInt.self)
      larger.update(from: pendingBase, count: count)
      pendingBase = larger
      pendingCapacity = doubled
      return (larger + count, larger + doubled)
    } catch {
      return fail(error)
    }
  }

  private mutating func fail<Nothing>(_ error: MessageError) -> Nothing? {
    failure = error
    return nil
  }

  /// The words of the copy of an object that is no tuple and no float.
  @inline(never)
  static func words(of object: UnsafeMutablePointer<UInt>) -> Int {
    let header = Header(bits: object[0])
    if header.subtag == .subBinary { return SubBinary.copyWords(at: object) }
    return header.objectWords(at: object)
  }

  /// Copies an object that is no tuple and no float.
  /// - Returns: the word of the copy, and 1 if it holds no terms that are to be visited, else 0.
  @inline(never)
  mutating func copyRareObject(
    _ object: UnsafeMutablePointer<UInt>, to new: UnsafeMutablePointer<UInt>
  ) -> (bits: UInt, settled: UInt) {
    let header = Header(bits: object[0])
    switch header.subtag {
    case .subBinary: return (SubBinary.copy(object, to: new, list: &offHeap).bits, 1)
    case .binaryHandle:
      let copy = BinaryHandle.copy(
        object, offset: 0, byteCount: Int(object[1]), to: new, list: &offHeap)
      return (copy.bits, 1)
    default:
      let words = header.objectWords(at: object)
      let firstTerm = 1 &+ header.rawWords
      var index = 0
      while index < firstTerm {
        new[index] = object[index]
        index &+= 1
      }
      let elements = SharingCopy.copyElements(of: object, firstTerm..<words, to: new)
      return (UInt(bitPattern: new) &+ 2, ToSpace.areSettled(elements))
    }
  }
}
