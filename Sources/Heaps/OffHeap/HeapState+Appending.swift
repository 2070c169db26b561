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
    let handle = SubBinary.original(at: before).boxed
    guard WritableBinary.isWritable(handle) else { return nil }
    let binary = BinaryHandle.binary(at: handle)
    let (offset, count) = (SubBinary.bitOffset(at: before), SubBinary.bitCount(at: before))
    let start = offset &+ count
    let end = start &+ bitCount
    // A byte begun may be read by who holds a copy of the handle.
    guard start == binary.writtenBits, end <= binary.capacity << 3,
      start & 7 == 0 || binary.isSolelyReferenced,
      takeRoom(in: handle, upTo: (end &+ 7) &>> 3)
    else { return nil }
    WritableBinary.extend(handle, toBitCount: end)
    guard let view else {
      SubBinary.setBitCount(count &+ bitCount, at: before)
      return AppendRoom(bits, in: handle, from: start)
    }
    var cursor = WordCursor(top: view, limit: view + SubBinary.words)
    let term = cursor.makeSubBinary(
      of: .boxed(at: handle), bitOffset: offset, bitCount: count &+ bitCount)
    return AppendRoom(term, in: handle, from: start)
  }

  /// Where bytes may be appended to a bit string in place.
  ///
  /// - Parameter bits: a term of this heap or a literal.
  /// - Returns: nothing where the term is no bit string of whole bytes that ends with what was
  ///   written last.
  @inlinable @inline(__always)
  public func appendPlace(behind bits: Term) -> AppendPlace? {
    guard bits.isBoxed(.subBinary), let (offset, count) = SubBinary.wholeBytes(at: bits.boxed)
    else { return nil }
    let handle = SubBinary.original(at: bits.boxed).boxed
    guard WritableBinary.isWritable(handle) else { return nil }
    let binary = BinaryHandle.binary(at: handle)
    let end = offset &+ count
    guard end &<< 3 == binary.writtenBits else { return nil }
    return AppendPlace(
      bits: bits, handle: handle, byteOffset: offset, end: end,
      next: (binary.bytes + end).assumingMemoryBound(to: UInt8.self),
      byteCount: binary.capacity &- end)
  }

  /// Makes bytes at a place part of its bit string, as ``appendInPlace(bitCount:to:at:)`` does with
  /// bits.
  ///
  /// - Parameters:
  ///   - byteCount: from 0 to those there are at the place; the caller has filled them, or does so
  ///     before the next call that takes roots.
  ///   - place: got since the last call that takes roots, and used once.
  ///   - view: as there.
  /// - Returns: the longer bit string; nothing where it takes more. Nothing has changed then.
  @inlinable @inline(__always)
  public mutating func append(
    byteCount: Int, at place: AppendPlace, view: UnsafeMutablePointer<UInt>?
  ) -> Term? {
    let end = place.end &+ byteCount
    guard takeRoom(in: place.handle, upTo: end) else { return nil }
    WritableBinary.extend(place.handle, toBitCount: end &<< 3, byteCount: end)
    let count = end &- place.byteOffset
    guard let view else {
      SubBinary.setByteCount(count, at: place.bits.boxed)
      return place.bits
    }
    var cursor = WordCursor(top: view, limit: view + SubBinary.words)
    return cursor.makeSubBinary(
      of: .boxed(at: place.handle), byteOffset: place.byteOffset, byteCount: count)
  }

  /// Counts bytes up to one as held by a handle; false where a collection would get due.
  @inlinable @inline(__always)
  mutating func takeRoom(in handle: UnsafeMutablePointer<UInt>, upTo end: Int) -> Bool {
    let growth = end &>> 3 &- OffHeapObject.words(heldBy: handle)
    if growth > 0 {
      if isOld(handle) {
        virtualHeap.oldWords &+= growth
      } else {
        let words = offHeap.virtualWords &+ growth
        if words > virtualHeap.youngLimit { return false }
        offHeap.virtualWords = words
      }
    }
    return true
  }
}

/// The end of a bit string of whole bytes, with room behind it that nobody looks at.
@frozen
public struct AppendPlace {
  /// The bit string.
  @usableFromInline let bits: Term
  @usableFromInline let handle: UnsafeMutablePointer<UInt>
  /// Where the bit string begins and ends, in bytes of the binary.
  @usableFromInline let byteOffset: Int
  @usableFromInline let end: Int
  /// The first byte behind it. Valid until the next call that takes roots.
  public let next: UnsafeMutablePointer<UInt8>
  /// How many there are.
  public let byteCount: Int

  @inlinable @inline(__always)
  init(
    bits: Term, handle: UnsafeMutablePointer<UInt>, byteOffset: Int, end: Int,
    next: UnsafeMutablePointer<UInt8>, byteCount: Int
  ) {
    self.bits = bits
    self.handle = handle
    self.byteOffset = byteOffset
    self.end = end
    self.next = next
    self.byteCount = byteCount
  }
}
