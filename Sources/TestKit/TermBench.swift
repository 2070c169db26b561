import Terms

/// Room for the terms of a test: words, a list of what they hold outside, atoms and scratch.
public final class TermBench {
  /// The names of the atoms.
  public let atoms: AtomTable
  /// Working memory of traversals.
  public let scratch = MallocScratch()
  /// Where binaries outside the words come from.
  public let binaries: MallocBinaries
  /// Where the next term is built.
  public var cursor: WordCursor
  /// What the terms hold outside.
  public var list = OffHeapList()
  private let memory: UnsafeMutablePointer<UInt>
  private let words: Int

  /// Makes room for so many words of terms.
  public init(
    words: Int, atoms: AtomTable = AtomTable(), binaries: MallocBinaries = MallocBinaries()
  ) {
    self.atoms = atoms
    self.binaries = binaries
    self.words = words
    memory = .allocate(capacity: words)
    cursor = WordCursor(top: memory, limit: memory + words)
  }

  deinit {
    list.releaseAll(to: binaries)
    memory.deallocate()
  }

  /// The standard order.
  public var order: TermOrder { TermOrder(atoms: atoms, scratch: scratch) }
  /// The words built so far.
  public var builtWords: UnsafeBufferPointer<UInt> {
    UnsafeBufferPointer(start: memory, count: cursor.top - memory)
  }

  /// Forgets all terms.
  public func clear() {
    list.releaseAll(to: binaries)
    cursor = WordCursor(top: memory, limit: memory + words)
  }

  /// Builds a binary outside the words, and the handle to it.
  public func makeHandle(_ bytes: some Collection<UInt8>) -> Term {
    guard let binary = try? binaries.makeBinary(byteCount: bytes.count) else {
      preconditionFailure("no memory for a binary of a test")
    }
    for (index, byte) in bytes.enumerated() {
      binary.bytes.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    return cursor.makeBinaryHandle(binary, byteCount: bytes.count, list: &list)
  }

  /// Builds a binary on the words.
  public func makeBinary(_ bytes: some Collection<UInt8>) -> Term {
    Array(bytes).withUnsafeBytes { cursor.makeHeapBinary($0) }
  }
}
