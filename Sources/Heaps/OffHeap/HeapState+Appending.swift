import Terms

// What appending does most of the time, for loops that call nothing: the bit string ends with what
// was written last, there is room behind it, and no collection gets due.
extension HeapState {
  /// Makes room behind a bit string in place, as ``ProcessHeap/append(bitCount:to:)`` and
  /// ``ProcessHeap/extend(_:bitCount:)`` do in the frequent case.
  ///
  /// - Parameters:
  ///   - bitCount: the bits to be added, from 0 to 2^56; the caller fills each of them before the
  ///     next call that takes roots.
  ///   - bits: a term of this heap or a literal.
  ///   - view: where the longer bit string is built: ``SubBinary/words`` words of free room, which
  ///     the caller takes out of it. Where there is none, the bit string itself gets longer; nobody
  ///     else may refer to it then.
  /// - Returns: nothing where it takes more, or the term is no bit string; nothing has changed then.
  @inlinable @inline(__always)
  public mutating func appendInPlace(
    bitCount: Int, to bits: Term, at view: UnsafeMutablePointer<UInt>?
  ) -> AppendRoom? {
    guard bits.isBoxed(.subBinary) else { return nil }
    let before = bits.boxed
    guard let handle = growInPlace(before, by: bitCount) else { return nil }
    let (offset, count) = (SubBinary.bitOffset(at: before), SubBinary.bitCount(at: before))
    guard let view else {
      SubBinary.setBitCount(count &+ bitCount, at: before)
      return AppendRoom(bits, in: handle, from: offset &+ count)
    }
    var cursor = WordCursor(top: view, limit: view + SubBinary.words)
    let term = cursor.makeSubBinary(
      of: .boxed(at: handle), bitOffset: offset, bitCount: count &+ bitCount)
    return AppendRoom(term, in: handle, from: offset &+ count)
  }

  /// The bytes behind a bit string that an append in place may take: nobody sees them before.
  ///
  /// - Parameter bits: a term of this heap or a literal.
  /// - Returns: nothing where the term is no bit string that ends with what was written last, or
  ///   ends within a byte.
  @inlinable @inline(__always)
  public func room(behind bits: Term) -> UnsafeMutableRawBufferPointer? {
    guard bits.isBoxed(.subBinary) else { return nil }
    let handle = SubBinary.original(at: bits.boxed).boxed
    guard WritableBinary.isWritable(handle) else { return nil }
    let binary = BinaryHandle.binary(at: handle)
    let end = SubBinary.bitOffset(at: bits.boxed) &+ SubBinary.bitCount(at: bits.boxed)
    guard end == binary.writtenBits, end & 7 == 0 else { return nil }
    return UnsafeMutableRawBufferPointer(
      start: binary.bytes + end >> 3, count: binary.capacity &- end >> 3)
  }

  /// The handle that a view is of, with more room made part of what it shows.
  @inlinable @inline(__always)
  mutating func growInPlace(
    _ view: UnsafeMutablePointer<UInt>, by bitCount: Int
  ) -> UnsafeMutablePointer<UInt>? {
    let handle = SubBinary.original(at: view).boxed
    guard WritableBinary.isWritable(handle) else { return nil }
    let binary = BinaryHandle.binary(at: handle)
    let start = SubBinary.bitOffset(at: view) &+ SubBinary.bitCount(at: view)
    let end = start &+ bitCount
    // A byte begun may be read by who holds a copy of the handle.
    guard start == binary.writtenBits, end <= binary.capacity << 3,
      start & 7 == 0 || binary.isSolelyReferenced
    else { return nil }
    let growth = (end &+ 7) >> 6 &- OffHeapObject.words(heldBy: handle)
    if growth > 0 {
      if isOld(handle) {
        virtualHeap.oldWords &+= growth
      } else {
        let words = offHeap.virtualWords &+ growth
        if words > virtualHeap.youngLimit { return nil }
        offHeap.virtualWords = words
      }
    }
    WritableBinary.extend(handle, toBitCount: end)
    return handle
  }
}
