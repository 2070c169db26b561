import Terms

/// How objects are found in a table, and how many there may be of a key.
public enum TableType: String, CaseIterable, Sendable {
  /// One object for each key; keys are the same where they are exactly equal, `=:=`.
  case set
  /// One object for each key, in the order of the keys; keys are the same where they are equal,
  /// `==`.
  case orderedSet = "ordered_set"
  /// Any number of objects for each key, no two of them exactly equal.
  case bag
  /// Any number of objects for each key.
  case duplicateBag = "duplicate_bag"

  /// Whether a key may have several objects.
  @inlinable @inline(__always) public var isBag: Bool { self == .bag || self == .duplicateBag }
}

/// Who may read and write a table.
public enum TableProtection: String, CaseIterable, Sendable {
  /// Everybody reads and writes.
  case `public`
  /// Everybody reads, the owner writes.
  case protected
  /// Only the owner reads and writes.
  case `private`

  /// As it stands in a table's record.
  @inline(__always)
  var number: UInt8 {
    switch self {
    case .public: 0
    case .protected: 1
    case .private: 2
    }
  }

  init(number: UInt8) { self = number == 0 ? .public : number == 1 ? .protected : .private }
}

/// How a table is prepared for many writers at once.
public enum WriteConcurrency: String, CaseIterable, Sendable {
  /// One writer at a time.
  case off = "false"
  /// Writers of different keys work side by side, but in an ordered table, which has one at a time.
  case on = "true"
  /// The table decides; as ``on`` here, where more writers cost little.
  case auto
}

/// What a table is made with: the options of `ets:new/2`, with its defaults.
public struct TableOptions: Sendable {
  /// How objects are found.
  public var type = TableType.set
  /// Who may read and write.
  public var protection = TableProtection.protected
  /// Whether the name finds the table.
  public var isNamed = false
  /// The place of the key in each object, from 1.
  public var keyPosition = 1
  /// Whether many write at once.
  public var writeConcurrency = WriteConcurrency.off
  /// Whether many read at once. Readers never wait for one another here, so it changes nothing
  /// but what the table tells of itself.
  public var readConcurrency = false
  /// Whether the counts of objects and bytes are kept apart for each part of the table; nothing
  /// where ``writeConcurrency`` and the type decide, as in ERTS.
  public var decentralizedCounters: Bool?
  /// These options as a table has them: one that is private is for one process, which nothing that is meant
  /// for several makes faster.
  var asTold: TableOptions {
    if protection != .private { return self }
    var options = self
    options.writeConcurrency = .off
    options.readConcurrency = false
    return options
  }

  /// Whether the table counts so: what was asked for, or else what the type and
  /// ``writeConcurrency`` decide.
  public var countsApart: Bool {
    if writeConcurrency == .off { return false }
    return decentralizedCounters ?? (type == .orderedSet || writeConcurrency == .auto)
  }
  /// Whether the elements of objects, but for their keys, are kept packed where that makes them
  /// smaller: less memory, and work for each reader, who unpacks them. Elements that hold binaries
  /// outside the heaps stay as they are.
  public var isCompressed = false
  /// How much the table may hold; nil for as much as there is memory for.
  public var limit: TableLimit?

  /// Makes options; the defaults are those of `ets:new(Name, [])`.
  public init(
    type: TableType = .set, protection: TableProtection = .protected, keyPosition: Int = 1
  ) {
    self.type = type
    self.protection = protection
    self.keyPosition = keyPosition
  }
}
