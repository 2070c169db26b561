import Terms

/// The time in which the terms of a process stay where they are: while one is read, the process is
/// not changed. A view that got out of it is found at its next use.
final class ReadScope {
  let atoms: AtomTable
  private(set) var isOpen = true

  init(atoms: AtomTable) { self.atoms = atoms }

  func close() { isOpen = false }

  /// - Precondition: the read goes on.
  func check() { precondition(isOpen, "a view of a term is used after the read that it is of") }
}

/// Working memory of Swift's own, which is there or the program ends: for walks that cannot fail.
final class UnfailingScratch: ScratchProvider, Sendable {
  static let shared = UnfailingScratch()

  func allocateScratch(byteCount: Int) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    .allocate(byteCount: byteCount, alignment: 16)
  }

  func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) { memory.deallocate() }
}
