import Terms

/// Copies out what handles show of large binaries that are alive only by such handles.
///
/// ```
///   before     handle -> | . . . . [window] . . . . . . . . . . . . . |
///   after      handle -> | [window] |
/// ```
/// A part of a binary that is sent, or stored in a table, arrives as a handle of just its bytes: a
/// received part of a hundred bytes keeps a megabyte that nobody can see. (So it is in ERTS, where
/// `binary:copy/1` is the cure.)
///
/// The references to a binary are taken for as many windows of it, each as wide: where all of them
/// together would not be little of the binary, they share it.
public struct WindowShrinking: BitwiseCopyable {
  /// What was done in one collection.
  public struct Outcome: Equatable, BitwiseCopyable, Sendable {
    /// Handles that got a binary of their own.
    public internal(set) var copiedWindows = 0
    /// The bytes of the binaries that they gave up. Others may still hold them.
    public internal(set) var bytesLetGo = 0
  }

  private(set) var outcome = Outcome()
  private let ratio: Int
  /// The handles that may be given a smaller binary, linked through their flags, which are 0 where
  /// nobody may write behind their bytes.
  private var last: UInt = 0

  /// - Parameter ratio: how many times as large a binary is as the windows to it; 0 for never.
  init(ratio: UInt8) { self.ratio = Int(ratio) }

  /// Takes note of a handle that lives. The references to its binary are yet to be counted: those
  /// of what died may be given back later.
  @inline(__always)
  mutating func meet(_ handle: UnsafeMutablePointer<UInt>) {
    guard ratio > 0, handle[5] == 0, isNarrow(handle, sharedBy: 1) else { return }
    handle[5] = last
    last = UInt(bitPattern: handle)
  }

  /// Gives the handles that were noted binaries of their own where that lets go of much, all that
  /// died having given its references back.
  /// - Parameter provider: where smaller binaries come from, and larger ones go back to.
  mutating func shrink(_ provider: BlockBinaries) {
    while let handle = UnsafeMutablePointer<UInt>(bitPattern: last) {
      last = handle[5]
      handle[5] = 0
      let binary = BinaryHandle.binary(at: handle)
      guard isNarrow(handle, sharedBy: binary.references) else { continue }
      let capacity = binary.capacity
      if provider.copyOut(of: handle, offset: 0, byteCount: Int(handle[1])) {
        outcome.copiedWindows += 1
        outcome.bytesLetGo += capacity
      }
    }
  }

  /// Whether so many windows as wide as a handle's are little of its binary.
  @inline(__always)
  private func isNarrow(_ handle: UnsafeMutablePointer<UInt>, sharedBy count: Int) -> Bool {
    let capacity = BinaryHandle.binary(at: handle).capacity
    let byteCount = Int(handle[1])
    return byteCount < capacity && byteCount * ratio <= capacity / count
  }
}

extension BlockBinaries {
  /// Gives a handle a binary of its own with some of the bytes that it shows, and gives back its
  /// reference to the one that it had.
  /// - Returns: whether there was memory for it; else all is as it was.
  func copyOut(
    of handle: UnsafeMutablePointer<UInt>, offset: Int, byteCount: Int
  ) -> Bool {
    guard let smaller = try? makeBinary(byteCount: byteCount) else { return false }
    let binary = BinaryHandle.binary(at: handle)
    let bytes = BinaryHandle.bytes(at: handle)
    smaller.bytes.copyMemory(
      from: bytes.baseAddress.unsafelyUnwrapped + offset, byteCount: byteCount)
    handle[1] = UInt(byteCount)
    handle[3] = UInt(bitPattern: smaller.memory)
    handle[4] = UInt(bitPattern: smaller.bytes)
    binary.release(to: self)
    return true
  }
}
