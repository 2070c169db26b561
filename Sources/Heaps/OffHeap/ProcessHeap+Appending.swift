import Carriers
import Terms

/// Room behind a bit string that is to be filled.
@frozen
public struct AppendRoom {
  /// The bit string with the room as its end.
  public let term: Term
  /// The byte of the first bit to be filled. Valid until the next call that takes roots.
  public let destination: UnsafeMutablePointer<UInt8>
  /// The bits of that byte before it, which must stay: 0 to 7.
  public let bitOffset: Int

  @inlinable @inline(__always)
  init(_ term: Term, in handle: UnsafeMutablePointer<UInt>, from start: Int) {
    let bytes = BinaryHandle.binary(at: handle).bytes.assumingMemoryBound(to: UInt8.self)
    self.term = term
    destination = bytes + start >> 3
    bitOffset = start & 7
  }
}

extension ProcessHeap {
  /// Makes room behind a bit string, in place where it ends with what was written last.
  ///
  /// Linear in all for a bit string that is built piece by piece; the bit strings before stay what
  /// they are.
  /// - Parameters:
  ///   - bits: a bit string, of this heap or a literal.
  ///   - bitCount: the bits to be added; the caller fills each of them before the next call that
  ///     takes roots.
  /// - Throws: ``HeapError/outOfMemory(_:)``; nothing has changed then.
  /// - Precondition: ``WritableBinary/words`` were ensured.
  public mutating func append(bitCount: Int, to bits: Term) throws(HeapError) -> AppendRoom {
    precondition(bitCount >= 0, "an append of \(bitCount) bits")
    if let handle = try writableHandle(of: bits, adding: bitCount) {
      let view = bits.boxed
      let before = grow(handle, behind: view, by: bitCount)
      return room(
        in: handle, bitOffset: SubBinary.bitOffset(at: view), from: before, bitCount: bitCount)
    }
    let source = bits.bitRange
    let end = source.bitCount + bitCount
    let byteCount = (end + 7) >> 3
    let binary: OffHeapBinary
    do {
      binary = try environment.binaries.makeBinary(
        byteCount: WritableBinary.capacity(forByteCount: byteCount))
    } catch {
      throw HeapError(error)
    }
    source.copy(to: binary.bytes.assumingMemoryBound(to: UInt8.self))
    let handle = buildLinked { cursor, list in
      cursor.makeBinaryHandle(binary, byteCount: byteCount, list: &list)
    }.boxed
    WritableBinary.makeWritable(handle, bitCount: end)
    return room(in: handle, bitOffset: 0, from: source.bitCount, bitCount: bitCount)
  }

  /// Makes room behind a bit string that nobody else refers to, by making it longer itself. Builds
  /// nothing.
  ///
  /// - Parameters:
  ///   - bits: a bit string of this heap that ``append(bitCount:to:)`` returned.
  ///   - bitCount: the bits to be added; the caller fills each of them before the next call that
  ///     takes roots.
  /// - Returns: nothing where the bit string does not end with what was written last.
  /// - Throws: ``HeapError/outOfMemory(_:)``; nothing has changed then.
  public mutating func extend(_ bits: Term, bitCount: Int) throws(HeapError) -> AppendRoom? {
    precondition(bitCount >= 0, "an extension of \(bitCount) bits")
    guard let handle = try writableHandle(of: bits, adding: bitCount) else { return nil }
    let view = bits.boxed
    let before = grow(handle, behind: view, by: bitCount)
    SubBinary.setBitCount(SubBinary.bitCount(at: view) + bitCount, at: view)
    return AppendRoom(bits, in: handle, from: before)
  }

  /// Makes room behind what a handle shows part of it.
  /// - Returns: where the room begins, in bits of the handle's bytes.
  private mutating func grow(
    _ handle: UnsafeMutablePointer<UInt>, behind view: UnsafeMutablePointer<UInt>, by bitCount: Int
  ) -> Int {
    let before = SubBinary.bitOffset(at: view) + SubBinary.bitCount(at: view)
    let words = OffHeapObject.words(heldBy: handle)
    WritableBinary.extend(handle, toBitCount: before + bitCount)
    let growth = OffHeapObject.words(heldBy: handle) - words
    if growth == 0 { return before }
    if state.pointee.isOld(handle) {
      state.pointee.virtualHeap.oldWords += growth
    } else {
      state.pointee.offHeap.virtualWords += growth
      requestCollectionIfDue()
    }
    return before
  }

  /// The handle whose room a view may take; nothing where it has to be copied.
  private func writableHandle(
    of bits: Term, adding bitCount: Int
  ) throws(HeapError) -> UnsafeMutablePointer<UInt>? {
    guard bits.isBoxed(.subBinary) else { return nil }
    let view = bits.boxed
    let handle = SubBinary.original(at: view).boxed
    guard WritableBinary.isWritable(handle) else { return nil }
    let binary = BinaryHandle.binary(at: handle)
    let end = SubBinary.bitOffset(at: view) + SubBinary.bitCount(at: view)
    if end != binary.writtenBits { return nil }
    let byteCount = (end + bitCount + 7) >> 3
    let isSole = binary.isSolelyReferenced
    // A byte begun may be read by who holds a copy of the handle.
    if !isSole && (end & 7 != 0 || byteCount > binary.capacity) { return nil }
    if byteCount > binary.capacity {
      do {
        WritableBinary.replaceBinary(
          of: handle,
          with: try environment.binaries.resize(
            binary, toCapacity: WritableBinary.capacity(forByteCount: byteCount),
            keeping: (end + 7) >> 3))
      } catch {
        throw HeapError(error)
      }
    }
    return handle
  }

  private func room(
    in handle: UnsafeMutablePointer<UInt>, bitOffset: Int, from start: Int, bitCount: Int
  ) -> AppendRoom {
    let end = start + bitCount
    let term = build {
      $0.makeSubBinary(
        of: .boxed(at: handle), bitOffset: bitOffset, bitCount: end - bitOffset)
    }
    return AppendRoom(term, in: handle, from: start)
  }
}

extension HeapError {
  /// The refusal of a binary's memory that came out of blocks.
  init(_ error: BinaryRefused) {
    self =
      (error.cause as? MemoryError).map { .outOfMemory($0) }
      ?? .outOfMemory(.invalidSize(byteCount: error.requestedBytes))
  }
}
