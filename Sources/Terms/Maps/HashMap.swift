/// A map of many keys: a tree of 16-way nodes that take four bits of a key's hash each.
///
/// ```
///   root, full       root             node
/// +--------------+ +--------------+ +--------------+    leaf: a cons cell
/// | header       | | header,bitmap| | header,bitmap|    +-----+-------+
/// | size         | | size         | | slot ...     |--> | key | value |
/// | slot 0 ... 15| | slot ...     | +--------------+    +-----+-------+
/// +--------------+ +--------------+
/// ```
/// A slot holds a leaf or a node of the next level; one whose bit is not set takes no word. Level
/// n looks at bits 4n to 4n+3 of the key's hash; every eight levels the key is hashed anew.
/// (Bagwell: "Ideal Hash Trees", 2001; layout of `erl_map.h`.)
public enum HashMap {
  /// The fewest keys of a hash map; a map of fewer is a ``FlatMap``.
  @inlinable public static var minimumSize: Int { FlatMap.maximumSize + 1 }
  /// The number of keys.
  /// - Parameter root: a hash map's root, of either kind.
  @inlinable public static func size(at root: UnsafePointer<UInt>) -> Int { Int(root[1]) }
  /// The slots of a root or a node that are there, in order of their bits.
  @inlinable
  public static func slots(
    at node: UnsafeMutablePointer<UInt>
  ) -> UnsafeMutableBufferPointer<Term> {
    let header = Header(bits: node[0])
    return UnsafeMutableBufferPointer(
      start: UnsafeMutableRawPointer(node + 1 + header.rawWords)
        .assumingMemoryBound(to: Term.self),
      count: header.mapSlotCount)
  }
}

extension Term {
  /// The number of keys of a map of either kind.
  @inlinable public var mapSize: Int { Int(boxed[1]) }
}
