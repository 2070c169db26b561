/// A walk over the objects of one entry after the other: where an entry is a group, over its objects
/// in the order in which they came. Inside a section.
struct GroupWalk: BitwiseCopyable {
  private var group = TableEntry.none
  private var index = 0

  /// Whether the entry begun last has objects that were not given.
  @inline(__always)
  var hasMore: Bool { !group.isNone && index < group.group.count }

  /// Begins with an entry.
  /// - Returns: its first object; none of no entry.
  @inline(__always)
  mutating func begin(_ entry: TableEntry) -> TableEntry {
    if !entry.isGroup { return entry }
    group = entry
    index = 1
    return entry.group[0]
  }

  /// The next object of the entry begun last; none where it has no more.
  @inline(__always)
  mutating func next() -> TableEntry {
    if group.isNone { return .none }
    let objects = group.group
    if index < objects.count {
      index &+= 1
      return objects[index &- 1]
    }
    group = .none
    return .none
  }
}
