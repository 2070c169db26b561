import Synchronization

/// A carrier whose blocks have headers, by the address of its head.
///
///     | head 48 | fields 80 | records of slabs | first block | ... | last block |
///
/// The records stay zero: who looks for the slab of a block that has a header finds no owner.
struct BlockCarrier: BitwiseCopyable, Equatable {
  /// What the head holds for such carriers only.
  struct Fields: ~Copyable {
    /// The carrier as a node of a tree of carriers.
    var links = TreeLinks()
    /// The root of the tree of its free blocks, where the strategy has one for each carrier.
    var firstFree: TreeNode?
    /// Neighbours in the list of all carriers of an instance and kind.
    var next: BlockCarrier?
    var previous: BlockCarrier?
    /// The address of the instance, or `Slab.pooled`.
    let owner: Atomic<UInt>
    /// Bytes from the head to the end of the last block.
    let byteCount: UInt32
    /// Bytes of its blocks in use, their headers with them.
    var usedByteCount: UInt32 = 0
    /// Bytes of the largest free block, where the strategy or the pool wants to know.
    var largestFree: UInt32 = 0
    /// What its blocks are for.
    let kind: MemoryKind
  }

  let base: UnsafeMutableRawPointer

  static var fieldsOffset: Int { 48 }
  /// Where the first header stands, so that the first payload is at a multiple of 16.
  static var firstHeaderOffset: Int { CarrierHead.byteCount + 8 }

  init(base: UnsafeMutableRawPointer) { self.base = base }

  init(links: TreeNode) { base = UnsafeMutableRawPointer(links) - Self.fieldsOffset }

  /// The carrier that a block stands in.
  init(of block: Block, carrierByteCount: Int) {
    let address = UInt(bitPattern: block.header) & ~UInt(carrierByteCount - 1)
    base = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
  }

  var head: CarrierPointer { base.assumingMemoryBound(to: CarrierHead.self) }
  var fields: UnsafeMutablePointer<Fields> {
    (base + Self.fieldsOffset).assumingMemoryBound(to: Fields.self)
  }
  var links: TreeNode { (base + Self.fieldsOffset).assumingMemoryBound(to: TreeLinks.self) }
  /// The address of the instance whose carrier it is.
  var owner: UInt { fields.pointee.owner.load(ordering: .acquiring) }
  var firstBlock: Block { Block(header: base + Self.firstHeaderOffset) }
  var byteCount: Int { Int(fields.pointee.byteCount) }
  /// The bytes of the one block that fills the carrier.
  var blockByteCount: Int { byteCount - Self.firstHeaderOffset - 8 }
}
