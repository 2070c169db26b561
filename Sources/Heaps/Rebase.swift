import Terms

/// Corrects the terms that point into a block after the block moved as a whole.
struct Rebase: RootVisitor {
  /// The address range the block had.
  let oldStart: UInt
  let byteCount: UInt
  /// What to add to an address in that range.
  let delta: UInt

  init(from old: UnsafeMutablePointer<UInt>, words: Int, to new: UnsafeMutablePointer<UInt>) {
    oldStart = UInt(bitPattern: old)
    byteCount = UInt(words * MemoryLayout<UInt>.stride)
    delta = UInt(bitPattern: new) &- oldStart
  }

  @inline(__always)
  private func correct(_ slot: UnsafeMutablePointer<UInt>) {
    let bits = slot.pointee
    let tag = bits & 3
    if tag == 1 || tag == 2, bits &- oldStart < byteCount { slot.pointee = bits &+ delta }
  }

  /// Corrects the links of a list of objects, some of which moved with the block.
  func list(_ list: inout OffHeapList) {
    list.first = corrected(list.first)
    var next = list.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = corrected(OffHeapObject.next(of: object))
      object[2] = next
    }
  }

  private func corrected(_ address: UInt) -> UInt {
    address &- oldStart < byteCount ? address &+ delta : address
  }

  /// Corrects a run of slots.
  func visitRoots(_ base: UnsafeMutablePointer<UInt>, count: Int) {
    for index in 0..<max(count, 0) { correct(base + index) }
  }

  /// Corrects the objects that stand one behind the other from `start` to `top`.
  func objects(from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>) {
    ObjectStarts.forEachTerm(from: start, to: top, correct)
  }
}
