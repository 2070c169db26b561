import Carriers
import Heaps
import Terms

/// A copy of a term in a block of its own, for what belongs to a table but outlives its objects.
final class KeptTerm: @unchecked Sendable {
  // Unchecked: all memory is written before the initialiser ends and only read after; the budget is
  // changed by who has the registry's lock.

  /// The copy.
  let term: Term
  private let block: MemoryBlock?
  private let list: OffHeapList
  private let environment: HeapEnvironment
  private var charge: TableCharge

  /// Copies a term.
  /// - Parameter budget: bounds the copy, if there is one.
  /// - Throws: ``TableError``; then nothing is held.
  init(
    copying term: Term, environment: HeapEnvironment, budget: MemoryBudget? = nil
  ) throws(TableError) {
    let words: Int
    do throws(ScratchExhausted) {
      words = try TermSize.flatWords(of: term, scratch: environment.scratch)
    } catch {
      throw TableError(error)
    }
    var list = OffHeapList()
    if words == 0 {
      (block, self.term) = (nil, term)
      charge = TableCharge(budget, besideByteCount: 0)
    } else {
      let block: MemoryBlock
      do throws(MemoryError) {
        block = try environment.allocator.allocate(
          byteCount: words * MemoryLayout<UInt>.stride, kind: .ets)
      } catch {
        throw .outOfMemory(error)
      }
      charge = TableCharge(budget, besideByteCount: block.byteCount)
      do throws(MemoryError) {
        try charge.begin()
      } catch {
        environment.allocator.free(block, kind: .ets)
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

  /// Has another budget bound the copy, whatever its limit; under the registry's lock.
  func changeBudget(to budget: MemoryBudget?) { charge.change(to: budget) }

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
    charge.end()
  }
}
