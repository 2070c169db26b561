import Carriers
import Terms

/// The nodes and leaves of hash maps.
extension SharingCopy {
  /// Copies a root or an inner node of a hash map, and the nodes below it as long as nothing else is
  /// to be visited before them.
  /// - Returns: the word of its copy; nothing where memory was refused.
  @inline(never)
  mutating func copyNodes(
    _ first: Words, _ place: CopiedObjects.Page, _ begun: Progress
  ) -> (progress: Progress, copy: UInt)? {
    var progress = begun
    let bottom = progress.pendingTop - rest.pointee.pendingBase
    guard let copy = copyNode(first, place, &progress) else { return nil }
    while progress.pendingTop != rest.pointee.pendingBase + bottom {
      let item = (progress.pendingTop - 1).pointee
      if item & 3 != 1 { break }
      let slot = Words(bitPattern: item &+ 7).unsafelyUnwrapped
      let bits = slot.pointee
      if bits & 3 != 2 { break }
      guard let place = self.place(of: bits, &progress), place.pointee == 0 else { break }
      let object = Term(bits: bits).boxed
      if !Header(bits: object[0]).isHashMap { break }
      progress.pendingTop -= 1
      guard let copy = copyNode(object, place, &progress) else { return nil }
      slot.pointee = copy
    }
    return (progress, copy)
  }

  /// Copies a root or an inner node of a hash map.
  ///
  /// The leaves stand in the order in which they were made, which has nothing to do with that of the
  /// nodes: each is asked for, with its entry, when its node is copied, and copied itself when some
  /// others were asked for after it (``LeafQueue``).
  @inline(__always)
  private mutating func copyNode(
    _ object: Words, _ place: CopiedObjects.Page, _ progress: inout Progress
  ) -> UInt? {
    let header = Header(bits: object[0])
    let firstSlot = 1 &+ header.rawWords
    let words = firstSlot &+ header.mapSlotCount
    guard let new = take(words, &progress.top) else { return nil }
    note(new, at: place)
    new[0] = header.bits
    new[firstSlot &- 1] = object[firstSlot &- 1]
    var index = firstSlot
    while index < words {
      let element = object[index]
      let slot = new + index
      slot.pointee = element
      Prefetch.read(UnsafeRawPointer(bitPattern: element).unsafelyUnwrapped)
      if element & 3 == 1 {
        if let place = self.place(of: element, &progress) {
          Prefetch.write(place)
          let ready = rest.pointee.leaves.exchange(LeafQueue.Leaf(slot: slot, place: place))
          if let ready { copyLeaf(ready, &progress) }
        }
      } else {
        // As the tail of a cell that would stand a word before.
        push(UInt(bitPattern: slot) &- 7, unless: 0, &progress)
      }
      index &+= 1
    }
    return UInt(bitPattern: new) &+ 2
  }

  /// Copies the cell that a slot of a node refers to.
  @inline(__always)
  private mutating func copyLeaf(_ leaf: LeafQueue.Leaf, _ progress: inout Progress) {
    let (slot, place) = (leaf.slot, leaf.place)
    let bits = slot.pointee
    if place.pointee != 0 {
      slot.pointee = rest.pointee.address(ofShared: place.pointee) &+ 1
      return
    }
    let cell = Words(bitPattern: bits &- 1).unsafelyUnwrapped
    let key = cell[0]
    let value = cell[1]
    if key & value & 3 != 3 {
      progress = copyList(bits, place, slot, progress)
      return
    }
    guard let new = take(2, &progress.top) else { return }
    note(new, at: place)
    new[0] = key
    new[1] = value
    slot.pointee = UInt(bitPattern: new) &+ 1
  }

  @inline(never)
  mutating func copyAllLeaves(_ progress: inout Progress) {
    while let leaf = rest.pointee.leaves.popFirst() { copyLeaf(leaf, &progress) }
  }
}
