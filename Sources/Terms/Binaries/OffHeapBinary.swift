public import Synchronization

/// Bytes outside every heap, shared and counted by reference.
///
/// ```
/// +--------------------+
/// | references         |  changed by any thread
/// | capacity in bytes  |
/// | bits written       |  where a handle is writable, see ``WritableBinary``; else 0
/// | bytes ...          |
/// +--------------------+
/// ```
/// Each ``BinaryHandle`` on a heap holds one reference. The bytes never move; they never change
/// either, but behind the last that anybody has seen.
@frozen
public struct OffHeapBinary: Equatable, BitwiseCopyable, @unchecked Sendable {
  /// The address of the count.
  public let memory: UnsafeMutableRawPointer

  /// Takes the object at an address, where ``initialize(_:capacity:)`` made one.
  @inlinable public init(at memory: UnsafeMutableRawPointer) { self.memory = memory }

  /// The bytes before the payload.
  @inlinable public static var headerBytes: Int { 24 }
  /// The most bytes a binary on a heap has; larger ones stand outside.
  @inlinable public static var heapLimit: Int { 64 }

  /// Makes an object with one reference in fresh memory.
  ///
  /// - Parameters:
  ///   - memory: ``headerBytes`` and `capacity` bytes, aligned to a word.
  ///   - capacity: the bytes of payload there is room for.
  public static func initialize(_ memory: UnsafeMutableRawPointer, capacity: Int) -> OffHeapBinary {
    memory.bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(1))
    memory.storeBytes(of: capacity, toByteOffset: 8, as: Int.self)
    memory.storeBytes(of: 0, toByteOffset: 16, as: Int.self)
    return OffHeapBinary(at: memory)
  }

  @usableFromInline var count: UnsafeMutablePointer<Atomic<Int>> {
    memory.assumingMemoryBound(to: Atomic<Int>.self)
  }

  /// The references there are at this moment.
  public var references: Int { count.pointee.load(ordering: .relaxed) }
  /// The bytes of payload there is room for.
  @inlinable public var capacity: Int { memory.load(fromByteOffset: 8, as: Int.self) }
  /// How many bits were written, by the owner of the writable handle; others need not know.
  @inlinable package var writtenBits: Int {
    get { memory.load(fromByteOffset: 16, as: Int.self) }
    nonmutating set { memory.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
  }
  /// Whether the caller's reference is the only one, and nobody reads the bytes any more.
  @inlinable package var isSolelyReferenced: Bool {
    // Pairs with the release of who held another one.
    count.pointee.load(ordering: .acquiring) == 1
  }
  /// The first byte of the payload.
  @inlinable public var bytes: UnsafeMutableRawPointer { memory + Self.headerBytes }

  /// Adds a reference.
  public func retain() { count.pointee.add(1, ordering: .relaxed) }

  /// Takes a reference away and gives the memory back with the last.
  /// - Parameter provider: where the memory came from.
  public func release(to provider: any BinaryProvider) {
    // Whoever frees must see all that the others read and wrote before.
    if count.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
      provider.freeBinary(memory, byteCount: Self.headerBytes + capacity)
    }
  }
}

/// Where binaries outside the heaps get memory from: `Terms` never finds memory by itself.
public protocol BinaryProvider: AnyObject, Sendable {
  /// Hands out bytes aligned to a word; any thread may ask.
  /// - Throws: ``BinaryRefused`` where there are none.
  func allocateBinary(byteCount: Int) throws(BinaryRefused) -> UnsafeMutableRawPointer
  /// Takes bytes back, on any thread.
  func freeBinary(_ memory: UnsafeMutableRawPointer, byteCount: Int)
  /// Gives bytes another size where they stand; `false` where they would have to move.
  func resizeBinary(
    _ memory: UnsafeMutableRawPointer, from byteCount: Int, to newByteCount: Int
  ) -> Bool
}

extension BinaryProvider {
  /// Makes a binary of so many bytes, uninitialised, with one reference.
  /// - Throws: ``BinaryRefused`` where there is no memory.
  public func makeBinary(byteCount: Int) throws(BinaryRefused) -> OffHeapBinary {
    let memory = try allocateBinary(byteCount: OffHeapBinary.headerBytes + byteCount)
    return OffHeapBinary.initialize(memory, capacity: byteCount)
  }

  /// Bytes stay as they are unless a provider knows better.
  public func resizeBinary(
    _ memory: UnsafeMutableRawPointer, from byteCount: Int, to newByteCount: Int
  ) -> Bool { false }

  /// Gives a binary another capacity, at its place or at another one.
  /// - Parameters:
  ///   - binary: nobody else refers to it.
  ///   - capacity: the bytes there is to be room for.
  ///   - usedBytes: the bytes that stay.
  /// - Returns: the binary that replaces it.
  /// - Throws: ``BinaryRefused``; the binary is then as it was.
  package func resize(
    _ binary: OffHeapBinary, toCapacity capacity: Int, keeping usedBytes: Int
  ) throws(BinaryRefused) -> OffHeapBinary {
    precondition(binary.isSolelyReferenced, "a binary that others see is to move")
    let header = OffHeapBinary.headerBytes
    if resizeBinary(binary.memory, from: header + binary.capacity, to: header + capacity) {
      binary.memory.storeBytes(of: capacity, toByteOffset: 8, as: Int.self)
      return binary
    }
    let moved = try makeBinary(byteCount: capacity)
    moved.bytes.copyMemory(from: binary.bytes, byteCount: usedBytes)
    moved.writtenBits = binary.writtenBits
    binary.release(to: self)
    return moved
  }
}

/// The provider of memory for binaries had none to give.
public struct BinaryRefused: Error, Equatable, Sendable {
  /// The bytes asked for.
  public let requestedBytes: Int
  /// What the provider says of it.
  public let cause: (any Error & Sendable)?

  /// Makes the error of a request.
  public init(requestedBytes: Int, cause: (any Error & Sendable)? = nil) {
    self.requestedBytes = requestedBytes
    self.cause = cause
  }

  /// Whether two requests of as many bytes were refused.
  public static func == (left: BinaryRefused, right: BinaryRefused) -> Bool {
    left.requestedBytes == right.requestedBytes
  }
}
