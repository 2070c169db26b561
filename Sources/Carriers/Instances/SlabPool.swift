/// Slabs with blocks in use that no instance owns, by kind and size class.
///
/// Not thread-safe: its owner's lock guards it, and what its slabs hold.
struct SlabPool: ~Copyable {
  private var first: [Int: SlabPointer] = [:]
  /// Slabs in the pool.
  private(set) var count = 0

  init() {}

  mutating func insert(_ slab: SlabPointer) {
    let key = Self.key(of: slab)
    let next = first[key]
    slab.pointee.next = next
    slab.pointee.previous = nil
    next?.pointee.previous = slab
    first[key] = slab
    count += 1
  }

  mutating func remove(_ slab: SlabPointer) {
    let next = slab.pointee.next
    let previous = slab.pointee.previous
    next?.pointee.previous = previous
    if let previous { previous.pointee.next = next } else { first[Self.key(of: slab)] = next }
    slab.pointee.next = nil
    slab.pointee.previous = nil
    count -= 1
  }

  mutating func takeFirst(classIndex: Int, kind: MemoryKind) -> SlabPointer? {
    guard count > 0, let slab = first[kind.index << 7 | classIndex] else { return nil }
    remove(slab)
    return slab
  }

  func forEach(_ body: (SlabPointer) -> Void) {
    for start in first.values {
      var next: SlabPointer? = start
      while let slab = next {
        next = slab.pointee.next
        body(slab)
      }
    }
  }

  private static func key(of slab: SlabPointer) -> Int {
    slab.pointee.kind.index << 7 | Int(slab.pointee.classIndex)
  }
}
