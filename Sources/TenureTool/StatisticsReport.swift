import Tenure
import ToyVM

/// The statistics of one run as one list of fields, which text and JSON render.
struct StatisticsReport {
  /// A number with its name in JSON and in text.
  struct Field: Equatable {
    /// In snake_case.
    var key: String
    var label: String
    var value: Value
  }

  /// A number and its unit.
  enum Value: Equatable {
    case count(Int)
    case words(Int)
    case bytes(Int)
    /// Written in microseconds.
    case nanoseconds(UInt64)
    /// So many of so many; written as a part of one hundred.
    case share(UInt64, of: UInt64)
  }

  /// Fields under one title.
  struct Section: Equatable {
    /// In snake_case.
    var key: String
    var title: String
    var fields: [Field]
  }

  let sections: [Section]

  /// Reads the counters.
  /// - Parameters:
  ///   - summary: of the run; nothing if no process was made.
  ///   - pauses: of all collections.
  ///   - allocator: where the memory of the system comes from.
  init(summary: RunSummary?, pauses: PauseHistogram, allocator: BlockAllocator) {
    let counters = summary?.counters ?? HeapCounters()
    sections = [
      Self.collections(counters), Self.words(counters), Self.pauses(pauses),
      Self.time(pauses, runNanoseconds: summary?.nanoseconds ?? 0), Self.peaks(allocator),
      Self.system(allocator.source.statistics),
      Section(
        key: "objects", title: "processes and tables",
        fields: [
          Field(key: "processes", label: "processes", value: .count(summary == nil ? 0 : 1)),
          Field(key: "tables", label: "tables", value: .count(0)),
        ]),
    ]
  }

  private static func collections(_ counters: HeapCounters) -> Section {
    Section(
      key: "collections", title: "collections",
      fields: [
        Field(key: "minor", label: "minor", value: .count(counters.minorCollections)),
        Field(key: "full", label: "full", value: .count(counters.fullSweeps)),
      ])
  }

  private static func words(_ counters: HeapCounters) -> Section {
    Section(
      key: "words", title: "words",
      fields: [
        Field(key: "allocated", label: "allocated", value: .words(counters.allocatedWords)),
        Field(key: "copied", label: "copied", value: .words(counters.copiedWords)),
        Field(key: "promoted", label: "promoted", value: .words(counters.promotedWords)),
        Field(key: "freed", label: "freed", value: .words(counters.freedWords)),
      ])
  }

  private static func pauses(_ pauses: PauseHistogram) -> Section {
    Section(
      key: "pause_us", title: "pause",
      fields: [
        Field(key: "p50", label: "p50", value: .nanoseconds(pauses.percentile(50))),
        Field(key: "p99", label: "p99", value: .nanoseconds(pauses.percentile(99))),
        Field(key: "max", label: "max", value: .nanoseconds(pauses.maximumNanoseconds)),
      ])
  }

  private static func time(_ pauses: PauseHistogram, runNanoseconds: UInt64) -> Section {
    let collecting = pauses.totalNanoseconds
    return Section(
      key: "time", title: "time",
      fields: [
        Field(key: "run_us", label: "run", value: .nanoseconds(runNanoseconds)),
        Field(key: "collections_us", label: "in collections", value: .nanoseconds(collecting)),
        Field(
          key: "collections_percent", label: "share",
          value: .share(collecting, of: runNanoseconds)),
      ])
  }

  private static func peaks(_ allocator: BlockAllocator) -> Section {
    Section(
      key: "peak_bytes", title: "peak memory in use",
      fields: MemoryKind.allCases.map { kind in
        Field(
          key: kind.key, label: "\(kind)", value: .bytes(allocator.peakByteCount(of: kind)))
      })
  }

  private static func system(_ pages: PageSource.Statistics) -> Section {
    Section(
      key: "system", title: "memory from the system",
      fields: [
        Field(key: "requests", label: "requests", value: .count(pages.requestCount)),
        Field(
          key: "failed_requests", label: "failed requests",
          value: .count(pages.failedRequestCount)),
        Field(key: "reserved_bytes", label: "reserved", value: .bytes(pages.reservedBytes)),
        Field(key: "committed_bytes", label: "committed", value: .bytes(pages.committedBytes)),
        Field(
          key: "peak_committed_bytes", label: "peak committed",
          value: .bytes(pages.peakCommittedBytes)),
      ])
  }
}
