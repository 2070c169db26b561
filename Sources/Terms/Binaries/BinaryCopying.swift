/// Copies of what shows bytes, in the words that ``TermSize`` counts for them.
extension BinaryHandle {
  /// Copies a handle, or makes one of some of the bytes that it shows: 6 words. The copy is not
  /// writable.
  ///
  /// - Parameters:
  ///   - handle: the handle.
  ///   - offset: of the first byte that the copy shows.
  ///   - byteCount: the bytes that it shows.
  ///   - place: the words of the copy.
  ///   - list: of the heap that the copy is on; it holds a reference of its own.
  @usableFromInline
  package static func copy(
    _ handle: UnsafeMutablePointer<UInt>, offset: Int, byteCount: Int,
    to place: UnsafeMutablePointer<UInt>, list: inout OffHeapList
  ) -> Term {
    place[0] = handle[0]
    place[1] = UInt(byteCount)
    place[3] = handle[3]
    place[4] = handle[4] &+ UInt(offset)
    place[5] = 0
    binary(at: handle).retain()
    list.push(place)
    return .boxed(at: place)
  }
}

extension SubBinary {
  /// Copies the bytes that a part touches and, where they are not the part itself, a part of them.
  ///
  /// - Parameters:
  ///   - part: the part.
  ///   - place: as many words as ``copyWords(at:)`` says.
  ///   - list: of the heap that the copy is on.
  @usableFromInline
  package static func copy(
    _ part: UnsafeMutablePointer<UInt>, to place: UnsafeMutablePointer<UInt>,
    list: inout OffHeapList
  ) -> Term {
    let original = original(at: part)
    let offset = bitOffset(at: part) >> 3
    let byteCount = touchedBytes(at: part)
    var cursor = WordCursor(top: place, limit: place + copyWords(at: part))
    let bytes: Term
    if isCopiedAsHeapBinary(part) {
      let source = UnsafeRawBufferPointer(rebasing: original.wholeBinaryBytes[offset...])
      bytes = cursor.makeHeapBinary(UnsafeRawBufferPointer(rebasing: source.prefix(byteCount)))
    } else {
      bytes = BinaryHandle.copy(
        original.boxed, offset: offset, byteCount: byteCount,
        to: cursor.reserve(BinaryHandle.words), list: &list)
    }
    if isWholeBytes(at: part) { return bytes }
    return cursor.makeSubBinary(
      of: bytes, bitOffset: bitOffset(at: part) & 7, bitCount: bitCount(at: part))
  }
}
