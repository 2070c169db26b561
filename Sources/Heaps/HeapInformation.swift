import Carriers
import Terms

/// What `process_info/2` tells of a process's heap, under the names that it has there.
public struct HeapInformation: Equatable, Sendable {
  /// The young block in words (`heap_size`).
  public var heapWords: Int
  /// Both blocks and the fragments in words (`total_heap_size`).
  public var totalHeapWords: Int
  /// The stack in use in words (`stack_size`).
  public var stackWords: Int
  /// The bytes of all blocks that belong to the heap, its record among them; binaries outside it
  /// not (`memory`).
  public var memoryByteCount: Int
  /// What the heap may set (`min_heap_size`, `min_bin_vheap_size`, `max_heap_size`,
  /// `fullsweep_after`).
  public var options: HeapOptions
  /// The minor collections since the last full sweep (`minor_gcs`).
  public var minorCollections: Int
  /// The sizes now (`garbage_collection_info`).
  public var figures: HeapFigures
}

/// A binary outside a heap that the heap refers to.
public struct BinaryInformation: Equatable, Sendable {
  /// Tells it from others as long as it lives.
  public let identifier: UInt
  /// Its bytes, also those that nobody shows.
  public let byteCount: Int
  /// The references to it, of all heaps.
  public let references: Int

  /// Tells of a binary as it is at this moment.
  package init(_ binary: OffHeapBinary) {
    identifier = UInt(bitPattern: binary.memory)
    byteCount = binary.capacity
    references = binary.references
  }
}

extension ProcessHeap {
  /// What the heap is made of at this moment.
  public var information: HeapInformation {
    let heap = state.pointee
    let words = heap.blockWords + (heap.old?.blockWords ?? 0) + heap.fragments.words
    var byteCount = MemoryLayout<HeapState>.size + words * MemoryLayout<UInt>.stride
    heap.fragments.forEach {
      byteCount += $0.blockBytes - ($0.top - $0.start) * MemoryLayout<UInt>.stride
    }
    return HeapInformation(
      heapWords: heap.blockWords, totalHeapWords: words, stackWords: heap.stackWords,
      memoryByteCount: byteCount, options: heap.options,
      minorCollections: Int(heap.minorsSinceFullSweep), figures: figures)
  }

  /// The distinct binaries outside the heap that its objects refer to, dead ones that no collection
  /// has found yet among them (`binary`).
  /// - Throws: ``HeapError`` where there is no working memory.
  /// - Complexity: O(handles).
  public func binaries() throws(HeapError) -> [BinaryInformation] {
    var found: [BinaryInformation] = []
    try forEachDistinctBinary { found.append(BinaryInformation($0)) }
    return found
  }

  /// Calls with each binary that the heap's objects refer to, once.
  func forEachDistinctBinary(_ body: (OffHeapBinary) -> Void) throws(HeapError) {
    var met = AddressSet(provider: environment.scratch)
    var next = state.pointee.offHeap.first
    while let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = OffHeapObject.next(of: object)
      let binary = OffHeapObject.target(of: object)
      do {
        if try met.insert(UInt(bitPattern: binary.memory)) { body(binary) }
      } catch {
        throw HeapError(error)
      }
    }
  }
}

extension HeapError {
  /// The refusal of working memory that came out of blocks.
  package init(_ error: ScratchExhausted) {
    self =
      (error.cause as? MemoryError).map { .outOfMemory($0) }
      ?? .outOfMemory(.invalidSize(byteCount: error.requestedBytes))
  }
}
