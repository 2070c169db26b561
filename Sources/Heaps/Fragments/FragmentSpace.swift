import Carriers

/// The from-space of a heap with fragments: two ranges and those of the fragments.
struct FragmentSpace: FromSpace {
  let ranges: TwoRanges
  let fragments: FragmentRanges

  @inline(__always)
  func contains(_ bits: UInt) -> Bool { ranges.contains(bits) || fragments.contains(bits) }
  @inline(__always)
  var near: AddressRange { ranges.near }
}

/// The ranges of fragments in the order of their addresses.
struct FragmentRanges {
  private let block: MemoryBlock
  private let count: Int
  /// From the first fragment to the last.
  private let bounds: AddressRange

  private var ranges: UnsafeMutableBufferPointer<AddressRange> {
    UnsafeMutableBufferPointer(
      start: block.base.assumingMemoryBound(to: AddressRange.self), count: count)
  }

  /// The ranges of a heap's fragments; nothing where it has none.
  /// - Parameters:
  ///   - fragments: the list.
  ///   - mature: a range at the beginning of a fragment that is left out; may be empty.
  init?(
    _ fragments: FragmentList, without mature: AddressRange, allocator: BlockAllocator
  ) throws(HeapError) {
    if fragments.isEmpty { return nil }
    // Once: each is a look at memory that nobody has read for long.
    count = fragments.count
    do {
      block = try allocator.allocate(
        byteCount: count * MemoryLayout<AddressRange>.stride, kind: .scratch)
    } catch {
      throw .outOfMemory(error)
    }
    let base = block.base.bindMemory(to: AddressRange.self, capacity: count)
    var next = base
    fragments.forEach { fragment in
      var start = fragment.start
      if mature.start == UInt(bitPattern: start) { start += mature.words }
      next.initialize(to: AddressRange(start, fragment.top))
      next += 1
    }
    var sorted = UnsafeMutableBufferPointer(start: base, count: count)
    sorted.sort { $0.start < $1.start }
    bounds = AddressRange(from: sorted[0], to: sorted[count - 1])
  }

  /// Gives its own memory back.
  func free(to allocator: BlockAllocator) { allocator.free(block, kind: .scratch) }

  /// Whether the address of a tagged word is in one of the ranges.
  /// - Complexity: O(log fragments) between the first and the last, else O(1).
  @inline(__always)
  func contains(_ bits: UInt) -> Bool { bounds.contains(bits) && find(bits) }

  @inline(never)
  private func find(_ bits: UInt) -> Bool {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if ranges[middle].start <= bits { low = middle } else { high = middle }
    }
    return ranges[low].contains(bits)
  }
}
