import Tenure

/// A bit string whose bits are yet to be written.
struct UnwrittenBits {
  let term: Term
  let writer: BitWriter
}

extension Interpreter {
  /// Makes a bit string: a new one, or a longer one with what is there already. Heap and stack are
  /// saved.
  ///
  /// - Parameters:
  ///   - bits: of the whole.
  ///   - start: a bit string that the whole begins with, which need not be in a live register.
  ///   - isPrivate: whether nothing else refers to the start.
  ///   - extraWords: what else there is to be room for.
  ///   - live: the X registers that hold terms.
  /// - Returns: nothing after an exception was made pending.
  func makeBitString(
    bits: Int, appendingTo start: Term? = nil, isPrivate: Bool = false, extraWords: Int = 0,
    live: Int
  ) -> UnwrittenBits? {
    let byteCount = (bits + 7) >> 3
    if let start {
      kept[0] = start
      defer { kept[0] = .nil }
      guard ensure(WritableBinary.words + extraWords, live: live) else { return nil }
      do throws(HeapError) {
        let count = bits - kept[0].bitCount
        var room = isPrivate ? try process.heap.extend(kept[0], bitCount: count) : nil
        if room == nil { room = try process.heap.append(bitCount: count, to: kept[0]) }
        guard let room else { return nil }
        return UnwrittenBits(
          term: room.term, writer: BitWriter(at: room.destination, offset: room.bitOffset))
      } catch {
        refuse(error)
        return nil
      }
    }
    let isOnHeap = byteCount <= OffHeapBinary.heapLimit
    let words = isOnHeap ? 1 + Header.heapBinary(byteCount: byteCount).arity : BinaryHandle.words
    guard ensure(words + SubBinary.words + extraWords, live: live) else { return nil }
    let whole: Term
    if isOnHeap {
      whole = build { $0.makeHeapBinary(byteCount: byteCount) }
    } else {
      guard let handle = makeOffHeapBinary(byteCount: byteCount) else { return nil }
      whole = handle
    }
    let bytes = UnsafeMutableRawPointer(
      mutating: whole.wholeBinaryBytes.baseAddress.unsafelyUnwrapped)
    let writer = BitWriter(at: bytes.assumingMemoryBound(to: UInt8.self))
    if bits & 7 == 0 { return UnwrittenBits(term: whole, writer: writer) }
    let part = build { $0.makeSubBinary(of: whole, bitOffset: 0, bitCount: bits) }
    return UnwrittenBits(term: part, writer: writer)
  }

  /// Makes a binary outside the heap, whose bytes the caller fills; its words were ensured.
  ///
  /// - Returns: nothing after an exception was made pending.
  func makeOffHeapBinary(byteCount: Int) -> Term? {
    do {
      let binary = try system.heaps.binaries.makeBinary(byteCount: byteCount)
      return process.heap.buildLinked { cursor, list in
        cursor.makeBinaryHandle(binary, byteCount: byteCount, list: &list)
      }
    } catch {
      refuse(
        (error.cause as? MemoryError).map { .outOfMemory($0) }
          ?? .outOfMemory(.invalidSize(byteCount: byteCount)))
      return nil
    }
  }
}

extension WordCursor {
  /// Builds a binary whose bytes the caller fills.
  mutating func makeHeapBinary(byteCount: Int) -> Term {
    let header = Header.heapBinary(byteCount: byteCount)
    let words = reserve(1 + header.arity)
    words[0] = header.bits
    words[header.arity] = 0  // The bytes behind the last are zero: equal binaries, equal words.
    words[1] = UInt(byteCount)
    return .boxed(at: words)
  }
}
