/// What all objects have in common that hold a reference to something outside their heap.
///
/// Their third word links them in their heap's ``OffHeapList``; the fourth tells what they hold.
public enum OffHeapObject {
  /// The address of the next object's header in the list, or 0.
  @inlinable public static func next(of object: UnsafePointer<UInt>) -> UInt { object[2] }
  /// What the object holds a reference to.
  @inlinable
  public static func target(of object: UnsafePointer<UInt>) -> OffHeapBinary {
    BinaryHandle.binary(at: object)
  }
  /// What the object adds to the virtual heap, in words: of a handle, the bytes it shows.
  @inlinable
  public static func words(heldBy object: UnsafePointer<UInt>) -> Int {
    Int(bitPattern: object[1] / UInt(bitPattern: MemoryLayout<UInt>.stride))
  }
}

/// The objects of a heap that hold references to something outside it, the youngest first.
///
/// Threaded through the objects themselves, so that what died is found without a walk over the heap.
@frozen
public struct OffHeapList: BitwiseCopyable, Sendable {
  /// The address of the first object's header, or 0.
  public var first: UInt = 0
  /// The bytes outside the heap that its objects refer to, in words: what counts toward the
  /// limits of the virtual binary heap.
  public var virtualWords = 0

  /// Makes an empty list.
  @inlinable public init() {}

  /// Puts an object in front, which becomes the youngest of the heap.
  @inlinable
  public mutating func push(_ object: UnsafeMutablePointer<UInt>) {
    object[2] = first
    first = UInt(bitPattern: object)
    virtualWords &+= OffHeapObject.words(heldBy: object)
  }

  /// Puts the objects of another list in front of this one's.
  /// - Complexity: O(objects of the other).
  public mutating func push(contentsOf other: OffHeapList) {
    guard var last = UnsafeMutablePointer<UInt>(bitPattern: other.first) else { return }
    while let next = UnsafeMutablePointer<UInt>(bitPattern: OffHeapObject.next(of: last)) {
      last = next
    }
    last[2] = first
    first = other.first
    virtualWords &+= other.virtualWords
  }

  /// Gives back every reference that the objects hold, as their heap ends.
  /// - Parameter provider: where the binaries came from.
  /// - Complexity: O(objects).
  public mutating func releaseAll(to provider: any BinaryProvider) {
    release(downTo: OffHeapList(), to: provider)
  }

  /// Gives back the references of the objects that were put in front of an earlier state of the
  /// list, which it then has again.
  /// - Parameters:
  ///   - earlier: the list as it was.
  ///   - provider: where the binaries came from.
  public mutating func release(downTo earlier: OffHeapList, to provider: any BinaryProvider) {
    var next = first
    while next != earlier.first, let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = OffHeapObject.next(of: object)
      OffHeapObject.target(of: object).release(to: provider)
    }
    self = earlier
  }
}
