import Carriers
import Terms

/// Copies a term into a message in one pass, with everything shared that is shared in it.
///
/// Depth first, lists cell behind cell, as a collection moves objects (``ToSpace``); but what was
/// copied is noted in a table beside (``CopiedObjects``), and the copy grows by blocks. So time and
/// memory are those of the graph, however many ways there are through it, nothing is measured
/// beforehand, and the sender's heap is only read.
///
/// What was refused stands in ``SharingCopyRest/failure``, so that no loop has to keep an error's
/// register free.
struct SharingCopy {
  typealias Words = UnsafeMutablePointer<UInt>

  let rest: UnsafeMutablePointer<SharingCopyRest>
  private(set) var limit: Words
  private var bias: UInt
  /// Behind this there is room for a last object's items, and for the tail of the cell before it.
  private var pendingEnd: Words
  private var leaves = LeafQueue()

  /// What changes with each object: by value, so that the loops keep it in registers.
  struct Progress: BitwiseCopyable {
    /// The end of the copy.
    var top: Words
    /// Behind the copies whose terms are still to be visited: objects, and cells whose tail is.
    var pendingTop: Words
    /// The piece of the heap that was asked for last, and its page.
    var piece: UInt
    var page: CopiedObjects.Page
  }

  init(room: MessageBlocks.Room, rest: UnsafeMutablePointer<SharingCopyRest>) {
    self.rest = rest
    limit = room.limit
    bias = room.bias
    pendingEnd =
      rest.pointee.pendingBase + (SharingCopyRest.firstPendingWords - Self.spareWords)
  }

  /// The progress of a copy that has met nothing yet.
  func beginning(at room: MessageBlocks.Room) -> Progress {
    Progress(
      top: room.top, pendingTop: rest.pointee.pendingBase, piece: 0,
      page: rest.pointee.copied.anyPage)
  }

  /// Visits a run of slots and all that is reached from there: each then refers to the copy.
  /// - Returns: the end of the copy; nothing where memory was refused.
  @inline(never)
  mutating func visit(_ first: Words, _ behind: Words, _ begun: Progress) -> Words? {
    var progress = begun
    let bottom = progress.pendingTop - rest.pointee.pendingBase
    var slot = first
    var end = behind
    while true {
      while slot < end {
        let bits = slot.pointee
        if bits & 3 != 3, let place = place(of: bits, &progress) {
          if place.pointee != 0 {
            slot.pointee = rest.pointee.address(ofShared: place.pointee) &+ (bits & 3)
          } else if bits & 3 == 2 {
            guard let copy = copyObject(bits, place, &progress) else { return nil }
            slot.pointee = copy
          } else {
            progress = copyList(bits, place, slot, progress)
          }
        }
        slot += 1
      }
      if rest.pointee.failure != nil { return nil }
      if progress.pendingTop == rest.pointee.pendingBase + bottom {
        if leaves.count == 0 { return progress.top }
        copyAllLeaves(&progress)
        continue
      }
      progress.pendingTop -= 1
      let item = progress.pendingTop.pointee
      if item & 3 == 1 {
        end = Words(bitPattern: item &+ 15).unsafelyUnwrapped
        slot = end - 1
      } else {
        let object = Term(bits: item).boxed
        (slot, end) = ToSpace.slots(ofObjectAt: object)
      }
    }
  }

  /// The most elements of a tuple that are gone into one by one, each with all that is behind it,
  /// from the last to the first: where the object was built after its parts, as most are, its last
  /// part stands right before it, and the source is read from its end to its beginning.
  private static var mostDeferred: Int { 3 }
  private static var spareWords: Int { mostDeferred + 1 }

  /// Copies a list up to the first cell that holds what is to be visited before the rest.
  ///
  /// - Parameters:
  ///   - first: the term of a cell that was not copied yet.
  ///   - place: where its copy is to be noted.
  ///   - slot: what refers to the copy.
  @inline(never)
  private mutating func copyList(
    _ first: UInt, _ place: CopiedObjects.Page, _ slot: Words, _ begun: Progress
  ) -> Progress {
    var progress = begun
    var bits = first
    var place = place
    var slot = slot
    while true {
      guard let new = take(2, &progress.top) else { break }
      note(new, at: place)
      slot.pointee = UInt(bitPattern: new) &+ 1
      let cell = Words(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      let tail = cell[1]
      // Both words at once: what limits this loop is its stores.
      let words = UnsafeRawPointer(cell).loadUnaligned(as: SIMD2<UInt>.self)
      UnsafeMutableRawPointer(new).storeBytes(of: words, as: SIMD2<UInt>.self)
      slot = new + 1
      if head & 3 != 3, let headPlace = self.place(of: head, &progress) {
        if headPlace.pointee != 0 {
          new[0] = rest.pointee.address(ofShared: headPlace.pointee) &+ (head & 3)
        } else {
          // What the cell holds comes first, then the rest of the list.
          let goesOn = tail & 3 != 3
          let waiting = progress.pendingTop
          if goesOn { note(UInt(bitPattern: new) &+ 1, &progress) }
          if head & 3 == 1 {
            growPendingIfFull(&progress)
            slot = new
            bits = head
            place = headPlace
            continue
          }
          let noted = progress.pendingTop
          guard let object = copyObject(head, headPlace, &progress) else { break }
          new[0] = object
          if progress.pendingTop != noted { break }
          progress.pendingTop = waiting
        }
      }
      if tail & 3 != 1 {
        if tail & 3 == 2 { push(UInt(bitPattern: new) &+ 1, unless: 0, &progress) }
        break
      }
      guard let tailPlace = self.place(of: tail, &progress) else { break }
      if tailPlace.pointee != 0 {
        slot.pointee = rest.pointee.address(ofShared: tailPlace.pointee) &+ 1
        break
      }
      bits = tail
      place = tailPlace
      if head & 3 == 3 {
        let run = copyRun(
          ListPosition(bits: bits, place: place, slot: slot, top: progress.top), progress.page)
        (bits, place, slot, progress.top) = (run.bits, run.place, run.slot, run.top)
      }
    }
    return progress
  }

  /// Where the copy of a list is: a cell that was not copied yet, where its copy is to be noted, what
  /// refers to that, and the end of the copy so far.
  private struct ListPosition: BitwiseCopyable {
    var bits: UInt
    var place: CopiedObjects.Page
    var slot: Words
    var top: Words
  }

  /// Copies cells as long as each holds an immediate, there is room, and the next one stands in the
  /// same piece and was not copied: that needs a few instructions a cell.
  /// - Parameter page: of the piece.
  @inline(never)
  private func copyRun(_ begun: ListPosition, _ page: CopiedObjects.Page) -> ListPosition {
    var (bits, place, slot, new) = (begun.bits, begun.place, begun.slot, begun.top)
    let bias = bias
    let last = limit - 2
    while new <= last {
      let cell = Words(bitPattern: bits &- 1).unsafelyUnwrapped
      let head = cell[0]
      let tail = cell[1]
      // The tail is a cons if it differs from one in nothing but its place in the piece.
      if head & 3 != 3 || CopiedObjects.piece(of: bits ^ tail) | (bits ^ tail) & 3 != 0 { break }
      let next = page + CopiedObjects.granule(of: tail)
      if next.pointee != 0 { break }
      place.pointee = UInt32(truncatingIfNeeded: (UInt(bitPattern: new) &- bias) &>> 3)
      slot.pointee = UInt(bitPattern: new) &+ 1
      new[0] = head
      slot = new + 1
      new += 2
      bits = tail
      place = next
    }
    return ListPosition(bits: bits, place: place, slot: slot, top: new)
  }

  /// Copies a boxed object without what its terms refer to; these become pending.
  /// - Returns: the word of the copy; nothing where memory was refused.
  @inline(__always)
  private mutating func copyObject(
    _ bits: UInt, _ place: CopiedObjects.Page, _ progress: inout Progress
  ) -> UInt? {
    let object = Term(bits: bits).boxed
    let header = object[0]
    if header & 0x3F == 0 {
      let words = 1 &+ Int(header &>> 6)
      guard let new = take(words, &progress.top) else { return nil }
      note(new, at: place)
      new[0] = header
      if words <= 1 &+ Self.mostDeferred {
        var index = 1
        while index < words {
          let element = object[index]
          new[index] = element
          Self.lookAhead(to: element, from: object)
          // As the tail of a cell that would stand a word before. A branch, so that what is done next
          // need not wait for the element.
          if element & 3 != 3 { note(UInt(bitPattern: new + index) &- 7, &progress) }
          index &+= 1
        }
        growPendingIfFull(&progress)
        return UInt(bitPattern: new) &+ 2
      }
      var elements = UInt.max
      var index = 1
      while index < words {
        let element = object[index]
        new[index] = element
        Self.lookAhead(to: element, from: object)
        elements &= element
        index &+= 1
      }
      let copy = UInt(bitPattern: new) &+ 2
      push(copy, unless: ToSpace.areSettled(elements), &progress)
      return copy
    }
    if header == Header.float.bits {
      guard let new = take(2, &progress.top) else { return nil }
      note(new, at: place)
      new[0] = header
      new[1] = object[1]
      return UInt(bitPattern: new) &+ 2
    }
    if SharingCopyRest.isHashMapNode(header) {
      guard let node = copyNode(object, place, progress) else { return nil }
      progress = node.progress
      return node.copy
    }
    guard let new = take(SharingCopyRest.words(of: object), &progress.top) else { return nil }
    let (copy, settled) = rest.pointee.copyRareObject(object, to: new)
    note(Term(bits: copy).boxed, at: place)
    push(copy, unless: settled, &progress)
    return copy
  }

  /// Copies a root or an inner node of a hash map.
  ///
  /// The leaves stand in the order in which they were made, which has nothing to do with that of the
  /// nodes: each is asked for, with its entry, when its node is copied, and copied itself when some
  /// others were asked for after it (``LeafQueue``).
  @inline(never)
  private mutating func copyNode(
    _ object: Words, _ place: CopiedObjects.Page, _ begun: Progress
  ) -> (progress: Progress, copy: UInt)? {
    var progress = begun
    let header = Header(bits: object[0])
    let firstSlot = 1 &+ header.rawWords
    let words = firstSlot &+ header.mapBitmap.nonzeroBitCount
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
          let ready = leaves.exchange(LeafQueue.Leaf(slot: slot, place: place))
          if let ready { copyLeaf(ready, &progress) }
        }
      } else {
        // As the tail of a cell that would stand a word before.
        push(UInt(bitPattern: slot) &- 7, unless: 0, &progress)
      }
      index &+= 1
    }
    return (progress, UInt(bitPattern: new) &+ 2)
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
  private mutating func copyAllLeaves(_ progress: inout Progress) {
    while let leaf = leaves.popFirst() { copyLeaf(leaf, &progress) }
  }

  /// Asks for what a term refers to, which will be looked at soon: most of the time of a copy is
  /// waiting for its source.
  @inline(__always)
  static func lookAhead(to element: UInt, from object: Words) {
    // No address of its own for an immediate, and no branch either.
    let address = element & 3 == 3 ? UInt(bitPattern: object) : element
    Prefetch.read(UnsafeRawPointer(bitPattern: address).unsafelyUnwrapped)
  }

  /// Where the copy of a cons or boxed term is noted, or is to be.
  /// - Returns: nothing for a term that is not copied, or where memory was refused.
  @inline(__always)
  private func place(of bits: UInt, _ progress: inout Progress) -> CopiedObjects.Page? {
    let piece = CopiedObjects.piece(of: bits)
    if piece != progress.piece {
      // No piece of the heap holds what is not copied.
      let known = rest.pointee.copied.pageAtOnce(of: piece)
      guard let page = known ?? rest.pointee.page(of: bits) else { return nil }
      progress.piece = piece
      progress.page = page
    }
    return progress.page + CopiedObjects.granule(of: bits)
  }

  @inline(__always)
  private mutating func take(_ words: Int, _ top: inout Words) -> Words? {
    let freeBytes = UInt(bitPattern: limit) &- UInt(bitPattern: top)
    if freeBytes < UInt(bitPattern: words) &<< 3 {
      guard let larger = grow(from: top, words: words) else { return nil }
      top = larger
    }
    let new = top
    top = new + words
    return new
  }

  @inline(never)
  private mutating func grow(from top: Words, words: Int) -> Words? {
    guard let room = rest.pointee.grow(from: top, words: words) else { return nil }
    limit = room.limit
    bias = room.bias
    return room.top
  }

  @inline(__always)
  private func note(_ copy: Words, at place: CopiedObjects.Page) {
    place.pointee = UInt32(truncatingIfNeeded: (UInt(bitPattern: copy) &- bias) &>> 3)
  }

  /// Notes a copy whose terms are to be visited, unless a number is 1 rather than 0. Which it is, the
  /// processor could not tell beforehand: so it is no branch.
  @inline(__always)
  private mutating func push(_ item: UInt, unless one: UInt, _ progress: inout Progress) {
    progress.pendingTop.pointee = item
    progress.pendingTop += 1 &- Int(bitPattern: one)
    growPendingIfFull(&progress)
  }

  /// Notes a copy whose terms are to be visited, where there is room.
  @inline(__always)
  private func note(_ item: UInt, _ progress: inout Progress) {
    progress.pendingTop.pointee = item
    progress.pendingTop += 1
  }

  @inline(__always)
  private mutating func growPendingIfFull(_ progress: inout Progress) {
    if progress.pendingTop > pendingEnd { progress.pendingTop = growPending(progress.pendingTop) }
  }

  /// - Returns: the same place in a larger stack; where memory was refused, one in the old stack
  ///   before the last items, which are lost, as the copy is.
  @inline(never)
  private mutating func growPending(_ top: Words) -> Words {
    guard let larger = rest.pointee.growPending(upTo: top) else { return pendingEnd }
    pendingEnd = larger.end - Self.spareWords
    return larger.top
  }
}
