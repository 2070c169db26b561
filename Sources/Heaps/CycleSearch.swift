import Terms

/// Looks for an object that contains itself: depth first over all objects, dead or alive, with two
/// marks each. Terms never change once built, so a whole heap has none.
struct CycleSearch {
  /// A space and the marks of the objects in it, by the word at which they begin.
  private struct Space {
    let starts: ObjectStarts
    let place: HeapDamage.Place
    /// All that they contain was looked at.
    var isDone: [Bool]
    /// They contain what is looked at now.
    var isOpen: [Bool]
  }

  /// An object that is looked at.
  private struct Open {
    let space: Int
    let word: Int
    var slot: UnsafeMutablePointer<UInt>
    let end: UnsafeMutablePointer<UInt>
  }

  /// In the order of their addresses.
  private var spaces: [Space]
  private var path: [Open] = []

  /// Makes a search of spaces, where all objects are known to be whole and all terms to refer to them.
  init(spaces: [(ObjectStarts, HeapDamage.Place)]) {
    let sorted = spaces.sorted { $0.0.range.start < $1.0.range.start }
    self.spaces = sorted.map { starts, place in
      let marks = [Bool](repeating: false, count: starts.range.words)
      return Space(starts: starts, place: place, isDone: marks, isOpen: marks)
    }
  }

  /// Throws the slot that closes the first cycle.
  mutating func run() throws(HeapDamage) {
    for space in spaces.indices where spaces[space].starts.range.words > 0 {
      let range = spaces[space].starts.range
      var object = range.pointer
      let top = object + range.words
      while object < top {
        enter(object, in: space)
        try follow()
        object = ObjectStarts.end(ofObjectAt: object)
      }
    }
  }

  private mutating func follow() throws(HeapDamage) {
    while let open = path.last {
      if open.slot == open.end {
        spaces[open.space].isOpen[open.word] = false
        spaces[open.space].isDone[open.word] = true
        path.removeLast()
        continue
      }
      path[path.count - 1].slot += 1
      let bits = open.slot.pointee
      guard bits & 3 == 1 || bits & 3 == 2,
        let target = spaces.place(of: bits, in: \.starts.range)
      else { continue }
      let object = UnsafeMutablePointer<UInt>(bitPattern: bits & ~3).unsafelyUnwrapped
      let word = object - spaces[target].starts.range.pointer
      try HeapDamage.unless(
        !spaces[target].isOpen[word],
        HeapDamage(
          at: open.slot, word: bits, spaces[open.space].place, "closes a cycle: no term has one"))
      enter(object, in: target)
    }
  }

  private mutating func enter(_ object: UnsafeMutablePointer<UInt>, in space: Int) {
    let word = object - spaces[space].starts.range.pointer
    if spaces[space].isDone[word] { return }
    spaces[space].isOpen[word] = true
    path.append(
      Open(
        space: space, word: word, slot: ObjectStarts.terms(ofObjectAt: object),
        end: ObjectStarts.end(ofObjectAt: object)))
  }
}
