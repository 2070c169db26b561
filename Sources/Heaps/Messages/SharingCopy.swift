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
/// register free; and there is no room any more then, so that each stops at the next object.
struct SharingCopy {
  typealias Words = UnsafeMutablePointer<UInt>

  let rest: UnsafeMutablePointer<SharingCopyRest>
  var limit: Words
  private(set) var bias: UInt
  /// Behind this there is room for one object's items, and for the tail of a cell before it: the
  /// top is at most a word behind it when an object's copy begins.
  private(set) var pendingEnd: Words
  /// The area of the last literal that was met and is not copied.
  private var outside = AddressRange.empty

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
            var last: UInt = 0
            guard let copy = copyObject(bits, place, leaving: &last, &progress) else {
              return nil
            }
            slot.pointee = copy
            if last != 0 {
              if slot + 1 == end {
                // At once rather than noted: it would be the next one anyhow.
                slot = Words(bitPattern: last &+ 7).unsafelyUnwrapped
                end = slot + 1
                continue
              }
              note(last, &progress)
            }
          } else {
            progress = copyList(bits, place, slot, progress)
          }
        }
        slot += 1
      }
      if rest.pointee.failure != nil { return nil }
      if progress.pendingTop == rest.pointee.pendingBase + bottom {
        if rest.pointee.leaves.count == 0 { return progress.top }
        copyAllLeaves(&progress)
        continue
      }
      progress.pendingTop -= 1
      let item = progress.pendingTop.pointee
      if item & 3 == 1 {
        slot = Words(bitPattern: item &+ 7).unsafelyUnwrapped
        end = slot + 1
        if Self.isPair(slot.pointee) {
          let tree = copyPairs(slot, above: rest.pointee.pendingBase + bottom, progress)
          progress = tree.progress
          slot = tree.slot ?? end
          end = tree.slot == nil ? end : slot + 1
        }
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

  /// Copies a boxed object without what its terms refer to; these become pending.
  /// - Parameter last: 0; then what is to become pending last, where that is left to the caller.
  ///   Where it is nil, nothing is.
  /// - Returns: the word of the copy; nothing where memory was refused.
  @inline(__always)
  mutating func copyObject(
    _ bits: UInt, _ place: CopiedObjects.Page, leaving last: UnsafeMutablePointer<UInt>?,
    _ progress: inout Progress
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
          if element & 3 != 3 && !outside.contains(element) {
            var item = UInt(bitPattern: new + index) &- 7
            if let last { swap(&item, &last.pointee) }
            if item != 0 { note(item, &progress) }
          }
          index &+= 1
        }
        growPendingIfFull(&progress)
        return UInt(bitPattern: new) &+ 2
      }
      let elements = Self.copyElements(of: object, 1..<words, to: new)
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
    if Header(bits: header).isHashMap {
      guard let node = copyNodes(object, place, progress) else { return nil }
      progress = node.progress
      return node.copy
    }
    guard let new = take(SharingCopyRest.words(of: object), &progress.top) else { return nil }
    let (copy, settled) = rest.pointee.copyRareObject(object, to: new)
    note(Term(bits: copy).boxed, at: place)
    push(copy, unless: settled, &progress)
    return copy
  }

  /// Copies terms of an object as they are.
  /// - Returns: all of them, and-ed.
  @inline(__always)
  static func copyElements(of object: Words, _ places: Range<Int>, to new: Words) -> UInt {
    var elements = UInt.max
    var index = places.lowerBound
    while index < places.upperBound {
      let element = object[index]
      new[index] = element
      lookAhead(to: element, from: object)
      elements &= element
      index &+= 1
    }
    return elements
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
  mutating func place(of bits: UInt, _ progress: inout Progress) -> CopiedObjects.Page? {
    let piece = CopiedObjects.piece(of: bits)
    if piece != progress.piece {
      if outside.contains(bits) { return nil }
      // No piece of the heap holds what is not copied.
      let known = rest.pointee.copied.pageAtOnce(of: piece)
      guard let page = known ?? makePage(of: bits, progress.top) else { return nil }
      progress.piece = piece
      progress.page = page
    }
    return progress.page + CopiedObjects.granule(of: bits)
  }

  @inline(__always)
  mutating func take(_ words: Int, _ top: inout Words) -> Words? {
    let freeBytes = UInt(bitPattern: limit) &- UInt(bitPattern: top)
    if freeBytes < UInt(bitPattern: words) &<< 3 {
      guard let larger = grow(from: top, words: words) else { return nil }
      top = larger
    }
    let new = top
    top = new + words
    return new
  }

  /// The page of a piece that is not found at once.
  @inline(never)
  private mutating func makePage(of bits: UInt, _ top: Words) -> CopiedObjects.Page? {
    if let page = rest.pointee.page(of: bits) { return page }
    if rest.pointee.failure != nil { limit = top }
    outside = rest.pointee.spaces.outside
    return nil
  }

  @inline(never)
  mutating func grow(from top: Words, words: Int) -> Words? {
    guard let room = rest.pointee.grow(from: top, words: words) else {
      limit = top
      return nil
    }
    limit = room.limit
    bias = room.bias
    return room.top
  }

  @inline(__always)
  func note(_ copy: Words, at place: CopiedObjects.Page) {
    place.pointee = self.place(of: copy)
  }

  /// What is noted of a copy.
  @inline(__always)
  func place(of copy: Words) -> UInt32 {
    UInt32(truncatingIfNeeded: (UInt(bitPattern: copy) &- bias) &>> 3)
  }

  /// Notes a copy whose terms are to be visited, unless a number is 1 rather than 0. Which it is, the
  /// processor could not tell beforehand: so it is no branch.
  @inline(__always)
  mutating func push(_ item: UInt, unless one: UInt, _ progress: inout Progress) {
    progress.pendingTop.pointee = item
    progress.pendingTop += 1 &- Int(bitPattern: one)
    growPendingIfFull(&progress)
  }

  /// Notes a copy whose terms are to be visited, where there is room.
  @inline(__always)
  func note(_ item: UInt, _ progress: inout Progress) {
    progress.pendingTop.pointee = item
    progress.pendingTop += 1
  }

  @inline(__always)
  mutating func growPendingIfFull(_ progress: inout Progress) {
    if progress.pendingTop > pendingEnd {
      progress.pendingTop = growPending(progress.pendingTop, progress.top)
    }
  }

  /// - Returns: the same place in a larger stack; where memory was refused, one in the old stack
  ///   before the last items, which are lost, as the copy is.
  @inline(never)
  private mutating func growPending(_ top: Words, _ copyTop: Words) -> Words {
    guard let larger = rest.pointee.growPending(upTo: top) else {
      limit = copyTop
      return pendingEnd
    }
    pendingEnd = larger.end - Self.spareWords
    return larger.top
  }
}
