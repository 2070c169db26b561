import Carriers
import Heaps
import Terms

/// A copy of a term in a block of its own, for what belongs to a table but outlives its objects.
final class KeptTerm: @unchecked Sendable {
  // Unchecked: all memory is written before the initialiser ends and only read after.

  /// The copy.
  let term: Term
  private let block: MemoryBlock?
  private let list: OffHeapList
  private let environment: HeapEnvironment

  /// Copies a term.
  /// - Throws: ``TableError``; then nothing is held.
  init(copying term: Term, environment: HeapEnvironment) throws(TableError) {
    let words: Int
    do throws(ScratchExhausted) {
      words = try TermSize.flatWords(of: term, scratch: environment.scratch)
    } catch {
      throw TableError(error)
    }
    var list = OffHeapList()
    if words == 0 {
      (block, self.term) = (nil, term)
    } else {
      let block: MemoryBlock
      do throws(MemoryError) {
        block = try environment.allocator.allocate(
          byteCount: words * MemoryLayout<UInt>.stride, kind: .ets)
      } catch {
        throw .outOfMemory(error)
      }
      let start = block.base.bindMemory(to: UInt.self, capacity: words)
      var cursor = WordCursor(top: start, limit: start + words)
      self.term = TermCopy.copy(term, words: words, into: &cursor, list: &list)
      self.block = block
    }
    self.list = list
    self.environment = environment
  }

  /// The bytes of its block.
  var byteCount: Int { block?.byteCount ?? 0 }

  /// Calls with each reference to a binary that the term has.
  func forEachReference(_ body: (OffHeapBinary) -> Void) {
    var next = list.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = OffHeapObject.next(of: object)
      body(OffHeapObject.target(of: object))
    }
  }

  deinit {
    var list = list
    list.releaseAll(to: environment.binaries)
    if let block { environment.allocator.free(block, kind: .ets) }
  }
}
