import Carriers
import Synchronization
import Terms

/// The areas of terms that are built once, shared by all processes and never moved.
///
/// A collection leaves alone whatever is not in its from-space, so it needs no list of them; the
/// verifier does, to tell a literal from a stray word.
public final class LiteralAreas: Sendable {
  private let allocator: BlockAllocator
  private let areas = Mutex<[LiteralArea]>([])

  init(allocator: BlockAllocator) { self.allocator = allocator }

  deinit {
    areas.withLock { areas in
      for area in areas { allocator.free(area.block, kind: .literal) }
    }
  }

  /// Makes an area of so many words and lets a closure build terms in it.
  ///
  /// The area lives as long as the system.
  /// - Parameter words: the words that the closure may build.
  /// - Throws: what the closure throws, after which the area is gone; or what memory refused.
  public func build<Failure: Error>(
    words: Int, _ body: (inout WordCursor) throws(Failure) -> Void
  ) throws(LiteralError<Failure>) {
    if words == 0 {
      // Nothing but immediates: the cursor has no room and needs none.
      var word: UInt = 0
      do {
        try withUnsafeMutablePointer(to: &word) { pointer throws(Failure) in
          var cursor = WordCursor(top: pointer, limit: pointer)
          try body(&cursor)
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
    do {
      try body(&cursor)
    } catch {
      allocator.free(block, kind: .literal)
      throw .builder(error)
    }
    let area = LiteralArea(block: block, words: words)
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

  init(block: MemoryBlock, words: Int) {
    self.block = block
    range = AddressRange(block.words, block.words + words)
  }
}
