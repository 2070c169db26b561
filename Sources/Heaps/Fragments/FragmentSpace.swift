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
///
/// ```
///   first range | second range | ...      16 bytes each
///   number      | number       | ...      4 bytes each: of all addresses from the first fragment to the
///                                         last, in equal parts, the last range that begins at or below
///                                         where the part begins; one more than parts
/// ```
/// There are as many parts as fragments, so few ranges begin in one where fragments stand close
/// together, as messages do.
struct FragmentRanges {
  private let block: MemoryBlock
  private let count: Int
  /// From the first fragment to the last.
  private let bounds: AddressRange
  /// A part has so many bits of an address.
  private let partBits: UInt

  private var ranges: UnsafeMutablePointer<AddressRange> {
    block.base.assumingMemoryBound(to: AddressRange.self)
  }
  private var numbers: UnsafeMutablePointer<UInt32> {
    (block.base + count * MemoryLayout<AddressRange>.stride).assumingMemoryBound(to: UInt32.self)
  }

  /// The ranges of a heap's fragments; nothing where it has none.
  /// - Parameters:
  ///   - fragments: the list.
  ///   - mature: a range at the beginning of a fragment that is left out; may be empty.
  init?(
    _ fragments: FragmentList, without mature: AddressRange, allocator: UncountedAllocator
  ) throws(HeapError) {
    if fragments.isEmpty { return nil }
    // Once: each is a look at memory that nobody has read for long.
    count = fragments.count
    do {
      block = try allocator.allocate(
        byteCount: count * MemoryLayout<AddressRange>.stride
          + (count + 1) * MemoryLayout<UInt32>.stride,
        kind: .scratch)
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
    // So many that the number of parts is at most that of fragments.
    partBits = UInt(UInt.bitWidth - (bounds.byteCount / UInt(count)).leadingZeroBitCount)
    (block.base + count * MemoryLayout<AddressRange>.stride)
      .bindMemory(to: UInt32.self, capacity: count + 1)
    numberParts()
  }

  private func numberParts() {
    var range = 0
    for part in 0...count {
      let start = bounds.start &+ UInt(part) << partBits
      while range + 1 < count && ranges[range + 1].start <= start { range += 1 }
      (numbers + part).initialize(to: UInt32(range))
    }
  }

  /// Gives its own memory back.
  func free(to allocator: UncountedAllocator) { allocator.free(block, kind: .scratch) }

  /// Whether the address of a tagged word is in one of the ranges.
  /// - Complexity: O(log fragments that begin in the same part).
  @inline(__always)
  func contains(_ bits: UInt) -> Bool { bounds.contains(bits) && find(bits) }

  @inline(never)
  private func find(_ bits: UInt) -> Bool {
    let part = Int((bits &- bounds.start) >> partBits)
    var low = Int(numbers[part])
    var high = Int(numbers[part &+ 1]) &+ 1
    while high &- low > 1 {
      let middle = (low &+ high) / 2
      if ranges[middle].start <= bits { low = middle } else { high = middle }
    }
    return ranges[low].contains(bits)
  }
}
