import Terms

/// The views, parts of binaries outside the heap, that a collection moved before it knows whether
/// anything else needs the whole binary.
///
/// ```
///   two words of the pending objects' memory:   | last view moved | views made binaries |
///
///   the place a view had:   | its new place | view moved before | ... | ... | its handle |
/// ```
struct MovedViews {
  /// The words it takes.
  static var words: Int { 2 }
  /// The most bytes of a view that always becomes a binary of its own: as many as fit in the five
  /// words that it has. As ERTS does.
  static var alwaysCopiedBytes: Int { 24 }

  private let list: UnsafeMutablePointer<UInt>

  @inline(__always)
  init(words: UnsafeMutablePointer<UInt>) { list = words }

  /// Makes the list empty.
  @inline(__always)
  func clear() {
    list[0] = 0
    list[1] = 0
  }

  /// The place that the view moved last had.
  var last: UnsafeMutablePointer<UInt>? { UnsafeMutablePointer(bitPattern: list[0]) }
  /// The place of the view that was moved before another.
  static func previous(
    of view: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt>? { UnsafeMutablePointer(bitPattern: view[1]) }
  /// The views that became binaries on the heap.
  var copiedCount: Int { Int(list[1]) }

  /// Moves a view, of which the header and the word behind it were copied and its forwarding was
  /// written.
  /// - Returns: the end of the copy, and 1 if the binary it is part of needs no visit now, else 0.
  @inline(never)
  func move(
    _ view: UnsafeMutablePointer<UInt>, to new: UnsafeMutablePointer<UInt>
  ) -> (end: UnsafeMutablePointer<UInt>, settled: UInt) {
    let original = Self.original(of: view)
    let isWritable = WritableBinary.isWritable(original)
    let byteCount = Int(view[1])
    if byteCount <= Self.alwaysCopiedBytes && view[3] == 0 && !isWritable {
      let bytes = Term.boxed(at: original).wholeBinaryBytes
      let part = UnsafeRawBufferPointer(rebasing: bytes[Int(view[2])...].prefix(byteCount))
      var cursor = WordCursor(top: new, limit: new + SubBinary.words)
      _ = cursor.makeHeapBinary(part)
      list[1] += 1
      return (cursor.top, 1)
    }
    (new[2], new[3], new[4]) = (view[2], view[3], view[4])
    if isWritable || !Term.boxed(at: original).isBoxed(.binaryHandle) {
      return (new + SubBinary.words, 0)
    }
    view[1] = list[0]
    list[0] = UInt(bitPattern: view)
    return (new + SubBinary.words, 1)
  }

  /// Whether what a moved view is part of waits until all else was moved.
  static func waits(_ view: UnsafeMutablePointer<UInt>) -> Bool {
    let original = original(of: view)
    return Term.boxed(at: original).isBoxed(.binaryHandle) && !WritableBinary.isWritable(original)
  }

  /// What a view is part of, wherever it is now.
  private static func original(
    of view: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutablePointer<UInt> {
    let original = SubBinary.original(at: view).boxed
    return original[0] & 3 == 0 ? original : Term(bits: original[0]).boxed
  }
}
