import Carriers
import Synchronization
import Terms

/// The areas of terms that are built once, shared by all processes and never moved.
///
/// A collection leaves alone whatever is not in its from-space, so it needs no list of them; the
/// verifier does, to tell a literal from a stray word.
public final class LiteralAreas: Sendable {
  private let allocator: BlockAllocator
  private let binaries: BlockBinaries
  private let areas = Mutex<[LiteralArea]>([])

  init(allocator: BlockAllocator, binaries: BlockBinaries) {
    self.allocator = allocator
    self.binaries = binaries
  }

  deinit {
    areas.withLock { areas in
      for index in areas.indices {
        areas[index].offHeap.releaseAll(to: binaries)
        allocator.free(areas[index].block, kind: .literal)
      }
    }
  }

  /// Makes an area of so many words and lets a closure build terms in it.
  ///
  /// The area lives as long as the system.
  /// - Parameters:
  ///   - words: the words that the closure may build.
  ///   - body: builds at the cursor and links what holds binaries in the list.
  /// - Throws: what the closure throws, after which the area is gone; or what memory refused.
  public func build<Failure: Error>(
    words: Int, _ body: (inout WordCursor, inout OffHeapList) throws(Failure) -> Void
  ) throws(LiteralError<Failure>) {
    if words == 0 {
      // Nothing but immediates: the cursor has no room and needs none.
      var word: UInt = 0
      do {
        try withUnsafeMutablePointer(to: &word) { pointer throws(Failure) in
          var cursor = WordCursor(top: pointer, limit: pointer)
          var list = OffHeapList()
          try body(&cursor, &list)
        }
      } catch {
        throw .builder(error)
      }
      return
    }
    let block: MemoryBlock
    do {
      block = try allocator.allocate(
        byteCount: words * MemoryLayout<UInt>.stride, kind: .literal)
    } catch {
      throw .memory(error)
    }
    var cursor = WordCursor(top: block.words, limit: block.words + words)
    var list = OffHeapList()
    do {
      try body(&cursor, &list)
    } catch {
      list.releaseAll(to: binaries)
      allocator.free(block, kind: .literal)
      throw .builder(error)
    }
    let area = LiteralArea(block: block, words: words, offHeap: list)
    areas.withLock { $0.append(area) }
  }

  /// Whether an address is in a literal area.
  func contains(_ address: UInt) -> Bool {
    areas.withLock { areas in areas.contains { $0.range.contains(address) } }
  }
}

/// Why an area of literals could not be made.
public enum LiteralError<Failure: Error>: Error {
  /// There was no memory for it.
  case memory(MemoryError)
  /// The builder of its terms failed.
  case builder(Failure)
}

/// One area: a block of terms one behind the other.
struct LiteralArea: @unchecked Sendable {  // The words are written before the area is shared.
  let block: MemoryBlock
  let range: AddressRange
  /// Its objects that hold something outside.
  var offHeap: OffHeapList

  init(block: MemoryBlock, words: Int, offHeap: OffHeapList) {
    self.offHeap = offHeap
    self.block = block
    range = AddressRange(block.words, block.words + words)
  }
}
