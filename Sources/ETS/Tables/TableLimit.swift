/// How much a table may hold, and what happens when that is not enough.
///
/// A table with a limit has one lock for all who write, whatever its
/// ``TableOptions/writeConcurrency``, and two words more for each object, by which the oldest is
/// found at once.
public struct TableLimit: Equatable, Sendable {
  /// What happens where one more object would be too much.
  public enum Policy: Equatable, Sendable {
    /// It is refused with ``TableError/full(objects:byteCount:)``. An object that replaces another
    /// needs room for both for a moment.
    case reject
    /// The objects go that were written longest ago.
    case evictOldest
    /// The objects go that were read or written longest ago, as far as the threads that read
    /// remember: each keeps the last few hundred keys that it read. Not for ordered tables.
    case evictLeastRecentlyUsed
  }

  /// The most objects.
  public var objects: Int?
  /// The most bytes of all objects together, without the index.
  public var byteCount: Int?
  /// What happens beyond that.
  public var policy: Policy

  /// Makes a limit.
  /// - Parameters:
  ///   - objects: the most objects, at least one; nil for any number.
  ///   - byteCount: the most bytes of all objects together; nil for any number.
  ///   - policy: what happens beyond that.
  public init(objects: Int? = nil, byteCount: Int? = nil, policy: Policy = .reject) {
    self.objects = objects
    self.byteCount = byteCount
    self.policy = policy
  }

  /// What is wrong with it for a table of a type; nothing where it is good.
  func problem(ofType type: TableType) -> String? {
    if objects == nil && byteCount == nil { return "a limit of nothing" }
    if let objects, objects < 1 { return "a limit of \(objects) objects" }
    if let byteCount, byteCount < 1 { return "a limit of \(byteCount) bytes" }
    if policy == .evictLeastRecentlyUsed && type == .orderedSet {
      return "ordered tables do not tell which objects were read"
    }
    return nil
  }
}
