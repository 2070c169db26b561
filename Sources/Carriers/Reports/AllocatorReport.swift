/// The carriers of an allocator and what is in them, with the names of ERTS: `mbcs` are carriers
/// that blocks share, `sbcs` those of one block, `mbcs_pool` those that no instance owns.
public struct AllocatorReport: Sendable {
  /// Instances that no handle holds, in the order in which they were made.
  public internal(set) var instances: [InstanceReport] = []
  /// What no instance owns: shared carriers' slabs in the pool, by kind.
  public internal(set) var pool: [KindReport] = []
  /// Blocks with a range of their own, by kind.
  public internal(set) var singleBlock: [KindReport] = []
  /// The most bytes of a kind that were in use at once, for kinds that were ever in use.
  public internal(set) var peakByteCounts: [MemoryKind: Int] = [:]
  /// Ranges of addresses of large blocks, in use and kept for the next.
  public internal(set) var segments = SegmentReport()
  /// Blocks in use by size: how many there are of more than half of 2^index bytes, up to that.
  public internal(set) var sizeHistogram = [Int](repeating: 0, count: 64)

  /// A kind's figures over everything.
  public func total(of kind: MemoryKind) -> KindReport {
    var sum = KindReport(kind: kind)
    for report in instances.flatMap(\.kinds) + pool + singleBlock where report.kind == kind {
      sum.add(report)
    }
    return sum
  }

  /// The ratios by which operators judge fragmentation; kinds without carriers are left out.
  public func fragmentation() -> [FragmentationRow] {
    MemoryKind.allCases.compactMap { kind in
      let total = total(of: kind)
      if total.mbcs.carrierCount + total.sbcs.carrierCount == 0 { return nil }
      return FragmentationRow(kind: kind, mbcs: total.mbcs, sbcs: total.sbcs)
    }
  }
}

/// Ranges of addresses of large blocks, under the names of ERTS's `mseg_alloc`.
public struct SegmentReport: Equatable, Sendable {
  /// Committed bytes of those in use.
  public internal(set) var usedBytes = 0
  /// Committed bytes of those that wait for the next block.
  public internal(set) var cachedBytes = 0
  /// Blocks that were given one that waited.
  public internal(set) var cacheHitCount = 0

  var json: String {
    JSONText.object([
      ("segments_size", String(usedBytes)), ("cached_segments_size", String(cachedBytes)),
      ("cache_hits", String(cacheHitCount)),
    ])
  }
}

/// One instance.
public struct InstanceReport: Sendable {
  /// Its place in the list, from 0.
  public let number: Int
  /// Kinds with carriers or calls.
  public internal(set) var kinds: [KindReport] = []
}

/// The blocks and carriers of one kind.
public struct KindReport: Sendable {
  /// Carriers of one sort, and the blocks in use in them.
  public struct Carriers: Equatable, Sendable {
    /// Blocks in use.
    public internal(set) var blockCount = 0
    /// Their usable bytes.
    public internal(set) var blockBytes = 0
    /// Carriers; slabs of a carrier count each.
    public internal(set) var carrierCount = 0
    /// Their bytes.
    public internal(set) var carrierBytes = 0

    /// The part of the carriers that is in blocks; `nil` without carriers.
    public var usage: Double? {
      carrierBytes == 0 ? nil : Double(blockBytes) / Double(carrierBytes)
    }

    static func += (left: inout Carriers, right: Carriers) {
      left.blockCount += right.blockCount
      left.blockBytes += right.blockBytes
      left.carrierCount += right.carrierCount
      left.carrierBytes += right.carrierBytes
    }

    var json: String {
      JSONText.object([
        ("blocks", String(blockCount)), ("blocks_size", String(blockBytes)),
        ("carriers", String(carrierCount)), ("carriers_size", String(carrierBytes)),
      ])
    }
  }

  /// What the blocks are for.
  public let kind: MemoryKind
  /// Carriers that blocks share.
  public internal(set) var mbcs = Carriers()
  /// Carriers of one block.
  public internal(set) var sbcs = Carriers()
  /// Blocks allocated here since the start.
  public internal(set) var allocationCount = 0
  /// Blocks freed here since the start, those of other instances with them.
  public internal(set) var freeCount = 0

  init(kind: MemoryKind) { self.kind = kind }

  mutating func add(_ other: KindReport) {
    mbcs += other.mbcs
    sbcs += other.sbcs
    allocationCount += other.allocationCount
    freeCount += other.freeCount
  }

  var isEmpty: Bool {
    mbcs == Carriers() && sbcs == Carriers() && allocationCount == 0 && freeCount == 0
  }

  var json: String {
    JSONText.object([
      ("kind", "\"\(kind.key)\""), ("allocator", "\"\(kind.allocatorClass.ertsName)\""),
      ("mbcs", mbcs.json), ("sbcs", sbcs.json),
      (
        "calls",
        JSONText.object([("alloc", String(allocationCount)), ("free", String(freeCount))])
      ),
    ])
  }
}

/// How full the carriers of a kind are.
public struct FragmentationRow: Sendable {
  /// What the blocks are for.
  public let kind: MemoryKind
  /// Carriers that blocks share.
  public let mbcs: KindReport.Carriers
  /// Carriers of one block.
  public let sbcs: KindReport.Carriers

  /// Carriers of one block for each that blocks share; `nil` where there are none of these.
  public var sbcsToMbcs: Double? {
    mbcs.carrierCount == 0 ? nil : Double(sbcs.carrierCount) / Double(mbcs.carrierCount)
  }

  var json: String {
    JSONText.object([
      ("kind", "\"\(kind.key)\""), ("mbcs_usage", JSONText.ratio(mbcs.usage)),
      ("mbcs_block_size", String(mbcs.blockBytes)),
      ("mbcs_carriers_size", String(mbcs.carrierBytes)),
      ("sbcs_usage", JSONText.ratio(sbcs.usage)), ("sbcs_block_size", String(sbcs.blockBytes)),
      ("sbcs_carriers_size", String(sbcs.carrierBytes)),
      ("sbcs_to_mbcs", JSONText.ratio(sbcsToMbcs)),
    ])
  }
}

extension AllocatorReport: CustomStringConvertible {
  /// Everything, as one object.
  public var json: String {
    let instanceTexts = instances.map { instance in
      JSONText.object([
        ("instance", String(instance.number)),
        ("kinds", JSONText.array(instance.kinds.map(\.json))),
      ])
    }
    let last = sizeHistogram.lastIndex { $0 > 0 } ?? 0
    return JSONText.object([
      ("instances", JSONText.array(instanceTexts)),
      ("mbcs_pool", JSONText.array(pool.map(\.json))),
      ("sbcs", JSONText.array(singleBlock.map(\.json))),
      (
        "blocks_size_max",
        JSONText.object(
          MemoryKind.allCases.compactMap { kind in
            peakByteCounts[kind].map { (kind.key, String($0)) }
          })
      ),
      ("mseg_alloc", segments.json),
      ("size_histogram", JSONText.array(sizeHistogram[...last].map(String.init))),
      ("fragmentation", JSONText.array(fragmentation().map(\.json))),
    ])
  }

  /// A line for each kind of each instance.
  public var description: String {
    var lines: [String] = []
    func add(_ place: String, _ kinds: [KindReport]) {
      for row in kinds {
        lines.append(
          "\(place), \(row.kind): \(row.mbcs.blockCount + row.sbcs.blockCount) blocks of "
            + "\(row.mbcs.blockBytes + row.sbcs.blockBytes) bytes in "
            + "\(row.mbcs.carrierCount + row.sbcs.carrierCount) carriers of "
            + "\(row.mbcs.carrierBytes + row.sbcs.carrierBytes) bytes")
      }
    }
    for instance in instances { add("instance \(instance.number)", instance.kinds) }
    add("pool", pool)
    add("single blocks", singleBlock)
    for kind in MemoryKind.allCases {
      if let peak = peakByteCounts[kind] { lines.append("\(kind): \(peak) bytes at most") }
    }
    return lines.joined(separator: "\n")
  }
}
