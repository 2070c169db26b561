import Carriers

/// The blocks of a heap beside its young block that hold young terms: what was built where there
/// was no room and no collection could run. The next collection moves what lives out of them.
///
/// ```
///   start                          top                 note
///     | objects, one behind another | free              | next | start | top | kind, bytes |
///                                                          |
///                                     the next fragment's note, or 0
/// ```
/// The note stands at the end of the words in use, where a young block that is given up has room
/// at all times: its stack, or the words reserved below it.
@usableFromInline
package struct FragmentList: BitwiseCopyable {
  /// The address of the first fragment's note, or 0.
  private var first: UInt = 0
  /// The words of all objects in the fragments (`mbuf_size`).
  package private(set) var words = 0
  /// The number of fragments.
  /// - Complexity: O(fragments).
  var count: Int {
    var count = 0
    forEach { _ in count += 1 }
    return count
  }

  /// Marks the bytes of a block that was an old generation.
  fileprivate static var oldHeapMark: UInt { 1 << 63 }
  /// The words of a note.
  static var noteWords: Int { 4 }

  @usableFromInline init() {}

  /// The fragments from one on, by the address of its note.
  init(notes: UInt, words: Int) {
    first = notes
    self.words = words
  }

  /// Writes a note.
  /// - Parameter next: the address of the next fragment's note, or 0.
  static func write(
    at note: UnsafeMutablePointer<UInt>, next: UInt, start: UnsafeMutablePointer<UInt>,
    top: UnsafeMutablePointer<UInt>, blockBytes: Int, kind: MemoryKind = .processHeap
  ) {
    note[0] = next
    note[1] = UInt(bitPattern: start)
    note[2] = UInt(bitPattern: top)
    note[3] = UInt(blockBytes) | (kind == .oldHeap ? oldHeapMark : 0)
  }

  var isEmpty: Bool { first == 0 }

  /// The objects of the fragment in front; none where there is no fragment.
  var newest: AddressRange {
    guard let note = UnsafePointer<UInt>(bitPattern: first) else { return .empty }
    return AddressRange(
      UnsafeMutablePointer(bitPattern: note[1]).unsafelyUnwrapped,
      UnsafeMutablePointer(bitPattern: note[2]).unsafelyUnwrapped)
  }

  /// Puts a fragment in front.
  /// - Parameter end: behind the words in use, of which the last become the note.
  mutating func push(
    start: UnsafeMutablePointer<UInt>, top: UnsafeMutablePointer<UInt>,
    end: UnsafeMutablePointer<UInt>, blockBytes: Int, kind: MemoryKind = .processHeap
  ) {
    let note = end - Self.noteWords
    precondition(top <= note, "a fragment without room for its note")
    Self.write(
      at: note, next: first, start: start, top: top, blockBytes: blockBytes, kind: kind)
    first = UInt(bitPattern: note)
    words += top - start
  }

  /// Puts fragments in front whose notes are linked already.
  /// - Parameters:
  ///   - notes: the address of the first one's note; not 0.
  ///   - words: of all their objects.
  /// - Complexity: O(fragments that are put in front).
  mutating func push(notes: UInt, words: Int) {
    var last = UnsafeMutablePointer<UInt>(bitPattern: notes).unsafelyUnwrapped
    while let next = UnsafeMutablePointer<UInt>(bitPattern: last[0]) { last = next }
    last[0] = first
    first = notes
    self.words += words
  }

  /// The address of the first fragment's note, or 0.
  var notes: UInt { first }

  /// Calls with each fragment, the one that came last first; the body may free it.
  func forEach(_ body: (HeapFragmentNote) -> Void) {
    var next = UnsafeMutablePointer<UInt>(bitPattern: first)
    while let note = next {
      next = UnsafeMutablePointer(bitPattern: note[0])
      body(HeapFragmentNote(note: note))
    }
  }
}

/// What the note of a fragment tells.
struct HeapFragmentNote {
  let start: UnsafeMutablePointer<UInt>
  /// The end of its objects.
  let top: UnsafeMutablePointer<UInt>
  /// The words up to the end of the note.
  let words: Int
  let blockBytes: Int
  let kind: MemoryKind

  fileprivate init(note: UnsafeMutablePointer<UInt>) {
    guard let start = UnsafeMutablePointer<UInt>(bitPattern: note[1]),
      let top = UnsafeMutablePointer<UInt>(bitPattern: note[2])
    else { preconditionFailure("a fragment at no address") }
    self.start = start
    self.top = top
    words = note + FragmentList.noteWords - start
    blockBytes = Int(note[3] & ~FragmentList.oldHeapMark)
    kind = note[3] & FragmentList.oldHeapMark == 0 ? .processHeap : .oldHeap
  }
}

extension HeapEnvironment {
  /// Frees the blocks of all fragments.
  func free(_ fragments: FragmentList) {
    fragments.forEach { fragment in
      if levers.verifies {
        fragment.start.update(repeating: HeapLevers.freedWord, count: fragment.words)
      }
      uncounted.free(at: fragment.start, byteCount: fragment.blockBytes, kind: fragment.kind)
    }
  }
}
