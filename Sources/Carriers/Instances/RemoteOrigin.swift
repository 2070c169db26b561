/// Where a block stands that another thread freed: the second word of a block in a queue. The first
/// holds the next one.
///
///     | address of the slab's record                              |
///     | address of the carrier, a multiple of 2^16 | kind | 1     |   a block with a header
enum RemoteOrigin {
  case slab(SlabPointer)
  case carrier(kind: MemoryKind)

  init(word: UInt) {
    if word & 1 == 0 {
      self = .slab(SlabPointer(bitPattern: word).unsafelyUnwrapped)
    } else {
      guard let kind = MemoryKind(rawValue: UInt8(truncatingIfNeeded: word >> 1) & 0x7F) else {
        preconditionFailure("a block in a queue is of no kind")
      }
      self = .carrier(kind: kind)
    }
  }

  /// Whether a block looks like one that waits in a queue already.
  static func isQueued(_ block: UnsafeMutableRawPointer, origin: UInt) -> Bool {
    block.load(fromByteOffset: 8, as: UInt.self) == origin
  }

  static func word(_ carrier: BlockCarrier, kind: MemoryKind) -> UInt {
    UInt(bitPattern: carrier.base) | UInt(kind.rawValue) << 1 | 1
  }
}
