import Terms

/// How many objects of each kind there are, and their words.
public struct TermCensus: Equatable, Sendable {
  /// What is counted apart.
  public enum Kind: Int, CaseIterable, Sendable {
    /// Cells of lists.
    case cons
    /// Tuples; the keys of flat maps are tuples too.
    case tuple
    /// Boxed floats.
    case float
    /// Integers of more than 60 bits.
    case bigInteger
    /// Flat maps, and the roots and nodes of hash maps.
    case map
    /// Funs.
    case fun
    /// Binaries on the heap, parts of binaries and match contexts.
    case binary
    /// Handles of binaries outside the heap.
    case binaryHandle
    /// References, and pids and ports of other nodes.
    case identifier
  }

  /// Objects of one kind.
  public struct Count: Equatable, Sendable {
    /// How many there are.
    public internal(set) var objects = 0
    /// Their words.
    public internal(set) var words = 0
  }

  private var counts = [Count](repeating: Count(), count: Kind.allCases.count)

  /// The objects of a kind.
  public subscript(kind: Kind) -> Count { counts[kind.rawValue] }

  /// The objects of all kinds.
  public var total: Count {
    counts.reduce(into: Count()) {
      $0.objects += $1.objects
      $0.words += $1.words
    }
  }

  /// Counts the objects that stand one behind the other.
  /// - Complexity: linear in the words.
  init(from start: UnsafeMutablePointer<UInt>, to top: UnsafeMutablePointer<UInt>) {
    var scan = start
    while scan < top {
      let end = ObjectStarts.end(ofObjectAt: scan)
      let kind = Self.kind(ofObjectWith: scan.pointee).rawValue
      counts[kind].objects += 1
      counts[kind].words += end - scan
      scan = end
    }
  }

  private static func kind(ofObjectWith first: UInt) -> Kind {
    if first & 3 != 0 { return .cons }
    switch Header(bits: first).subtag {
    case .tuple: return .tuple
    case .float: return .float
    case .positiveBigInteger, .negativeBigInteger: return .bigInteger
    case .map: return .map
    case .fun: return .fun
    case .binaryHandle: return .binaryHandle
    case .heapBinary, .subBinary, .matchContext: return .binary
    default: return .identifier
    }
  }
}
