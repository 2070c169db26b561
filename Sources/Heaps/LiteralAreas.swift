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
  /// In the order of their addresses.
  private let areas = Guarded<[LiteralArea]>([])
  /// Those of them that are in release, and how many: who copies looks at the number first.
  private let leaving = Guarded<[AddressRange]>([])
  private let leavingCount = Atomic<Int>(0)

  init(allocator: BlockAllocator, binaries: BlockBinaries) {
    self.allocator = allocator
    self.binaries = binaries
  }

  deinit {
    areas.withLock { areas in
      for index in areas.indices {
        areas[index].offHeap.releaseAll(to: binaries)
        if let block = areas[index].block { allocator.free(block, kind: .literal) }
      }
    }
  }

  /// Makes an area of so many words and lets a closure build terms in it.
  ///
  /// The area lives as long as the system, or until it is released. Its terms refer to nothing but
  /// each other.
  /// - Parameters:
  ///   - words: the words that the closure may build.
  ///   - body: builds at the cursor and links what holds binaries in the list.
  /// - Returns: the area, for ``release(_:)``.
  /// - Throws: what the closure throws, after which the area is gone; or what memory refused.
  @discardableResult
  public func build<Failure: Error>(
    words: Int, _ body: (inout WordCursor, inout OffHeapList) throws(Failure) -> Void
  ) throws(LiteralError<Failure>) -> LiteralArea {
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
      return .empty
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
    // It ends where its terms end: what was asked for beyond holds nothing.
    let area = LiteralArea(block: block, words: cursor.top - block.words, offHeap: list)
    areas.withLock { areas in
      areas.insert(area, at: areas.count(beginningBy: area.range.start) { $0.range })
    }
    return area
  }

  /// Frees an area.
  ///
  /// - Parameter area: one that no process refers to any more: each has copied what it used
  ///   of it, by `ProcessHeap.copyLiterals(of:roots:)`, and nobody got a term of it since.
  /// - Precondition: the area is one of these and was not released before.
  public func release(_ area: LiteralArea) {
    guard let block = area.block else { return }
    areas.withLock { areas in
      let index = areas.count(beginningBy: area.range.start) { $0.range } - 1
      precondition(
        index >= 0 && areas[index].range.start == area.range.start,
        "an area of literals that is not there, or not any more")
      areas.remove(at: index)
    }
    endRelease(of: [area])
    var list = area.offHeap
    list.releaseAll(to: binaries)
    block.words.update(repeating: HeapLevers.freedWord, count: area.range.words)
    allocator.free(block, kind: .literal)
  }

  /// Whether an address is in a literal area.
  /// - Complexity: O(log areas).
  func contains(_ address: UInt) -> Bool { Self.area(of: address, in: snapshot) != nil }

  /// The areas at this moment, in the order of their addresses.
  var snapshot: [LiteralArea] { areas.withLock { $0.separately } }

  /// The area of a ``snapshot`` that an address is in.
  /// - Complexity: O(log areas).
  static func area(of address: UInt, in areas: [LiteralArea]) -> LiteralArea? {
    areas.place(of: address) { $0.range }.map { areas[$0] }
  }

  // MARK: Areas in release

  /// Says that areas are to be released: who copies a term for another process from here on takes
  /// along what it refers to in them.
  package func beginRelease(of areas: [LiteralArea]) {
    leaving.withLock { leaving in
      for area in areas where area.block != nil {
        leaving.insert(area.range, at: leaving.count(beginningBy: area.range.start) { $0 })
      }
      leavingCount.store(leaving.count, ordering: .sequentiallyConsistent)
    }
  }

  /// Takes back what ``beginRelease(of:)`` said.
  package func endRelease(of areas: [LiteralArea]) {
    if !isAnyLeaving { return }
    leaving.withLock { leaving in
      leaving.removeAll { range in areas.contains { $0.range.start == range.start } }
      leavingCount.store(leaving.count, ordering: .sequentiallyConsistent)
    }
  }

  /// Whether an area is in release.
  var isAnyLeaving: Bool { leavingCount.load(ordering: .relaxed) > 0 }

  /// The areas in release, in the order of their addresses.
  var leavingRanges: [AddressRange] { isAnyLeaving ? leaving.withLock { $0.separately } : [] }

  /// The lists of what their objects hold outside.
  var offHeapLists: [OffHeapList] { areas.withLock { $0.map(\.offHeap) } }
}

extension Array {
  /// The same elements in memory of their own. A copy that shares it would be no race either, but the
  /// thread sanitizer does not see that reference counts are looked at before a change.
  fileprivate var separately: [Element] { withUnsafeBufferPointer { Array($0) } }
}

/// Why an area of literals could not be made.
public enum LiteralError<Failure: Error>: Error {
  /// There was no memory for it.
  case memory(MemoryError)
  /// The builder of its terms failed.
  case builder(Failure)
}

/// One area: a block of terms one behind the other.
public struct LiteralArea: @unchecked Sendable {  // The words are written before it is shared.
  /// Nothing where no words were asked for.
  let block: MemoryBlock?
  let range: AddressRange
  /// Its objects that hold something outside.
  var offHeap = OffHeapList()

  /// An area of immediates only.
  static var empty: LiteralArea { LiteralArea(block: nil, range: .empty) }

  private init(block: MemoryBlock?, range: AddressRange) {
    self.block = block
    self.range = range
  }

  init(block: MemoryBlock, words: Int, offHeap: OffHeapList) {
    self.init(block: block, range: AddressRange(block.words, block.words + words))
    self.offHeap = offHeap
  }

  /// Whether a cons or boxed term is one of its terms.
  package func contains(_ term: Term) -> Bool { range.contains(term.bits) }

  /// The words of its terms.
  public var words: Int { range.words }
}
