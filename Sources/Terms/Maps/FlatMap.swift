/// A map of few keys, kept as a sorted tuple of keys and the values in their order.
///
/// ```
/// +---------------------+        +------------------+
/// | header (map, flat)  |   +--->| tuple of n keys  |  sorted, may be shared between maps
/// | n                   |   |    | key 0 ... key n-1|
/// | keys ---------------+---+    +------------------+
/// | value 0 ... value n-1|
/// +---------------------+
/// ```
/// 3 + n words and the key tuple's 1 + n. The keys of the empty map are `{}`.
public enum FlatMap {
  /// The most keys a flat map has.
  @inlinable public static var maximumSize: Int { 32 }
  /// The words of the map object alone, without its key tuple.
  @inlinable public static func words(size: Int) -> Int { 3 &+ size }
  /// The number of keys.
  @inlinable public static func size(at map: UnsafePointer<UInt>) -> Int { Int(map[1]) }
  /// The tuple of keys.
  @inlinable public static func keys(at map: UnsafePointer<UInt>) -> Term { Term(bits: map[2]) }
  /// The values, in the order of the keys.
  @inlinable
  public static func values(at map: UnsafeMutablePointer<UInt>) -> UnsafeMutablePointer<UInt> {
    map + 3
  }
}
