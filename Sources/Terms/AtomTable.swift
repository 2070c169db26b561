import Glibc
import Synchronization

/// The names of a system's atoms: each name once, each with an index that never changes.
///
/// Any thread may call anything at any time. Lookups by name and by index take no lock; adding
/// a name does. Atoms are never removed, so a name's bytes stay where they are until the table goes.
///
/// A name is a record in a chunk of names:
/// ```
///  63        32 31         0
/// +------------+------------+
/// | byte count | hash       |
/// | portable hash | index   |
/// | UTF-8 bytes ...         |  the last word filled up with zeros
/// +-------------------------+
/// ```
/// A page directory leads from an index to its record, an `AtomHashTable` from a name.
public final class AtomTable: @unchecked Sendable {
  // Unchecked: what readers touch without the lock (`directory` and its pages, `hashTable`, `counted`,
  // records) is reached through atomics only and never freed before `deinit`; a record is written
  // before the address of it is published. All else is touched under `lock`.

  /// The most characters of a name.
  public static var maximumCharacters: Int { 255 }
  static let pageEntries = 1024
  static let chunkBytes = 32_768

  /// The most atoms that the table takes.
  public let limit: Int
  /// Makes equal names hash unlike in different tables, so that nobody can prepare collisions.
  let seed: UInt64

  private let lock = Mutex<Void>(())
  private let counted = Atomic<Int>(0)
  private let countedBytes = Atomic<Int>(0)
  /// The address of each page of ``pageEntries`` addresses of records, or 0.
  private let directory: UnsafeMutablePointer<Atomic<UInt>>
  private let directoryEntries: Int
  /// The address of the newest hash table; older ones are linked behind it.
  private let hashTable: Atomic<UInt>
  /// What is left of the newest chunk of names. Only under the lock.
  private var chunk = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// The chunks to free at the end, each linked to the one before by its first word.
  private var lastChunk: UnsafeMutableRawPointer?

  /// Makes a table of the ``CommonAtoms`` and, behind them, further names.
  /// - Parameters:
  ///   - limit: the most atoms, at least those that the table begins with and at most 2^32.
  ///   - common: names that the embedder wants at fixed indexes, from `CommonAtoms.names.count`.
  public init(limit: Int = 1_048_576, common: [String] = []) {
    precondition(limit <= 1 << 32, "a limit of \(limit) atoms")
    precondition(
      limit >= CommonAtoms.names.count + common.count,
      "a limit of \(limit) atoms is below the number of common ones")
    self.limit = limit
    seed = .random(in: .min ... .max)
    directoryEntries = (limit + Self.pageEntries - 1) / Self.pageEntries
    directory = .allocate(capacity: directoryEntries)
    for page in 0..<directoryEntries { (directory + page).initialize(to: Atomic(0)) }
    guard let table = AtomHashTable.make(slots: 512, previous: 0) else {
      preconditionFailure("no memory for the first atoms")
    }
    hashTable = Atomic(table.address)
    countedBytes.store(
      directoryEntries * MemoryLayout<UInt>.stride + table.byteCount, ordering: .relaxed)
    for name in CommonAtoms.names + common {
      do {
        _ = try atom(name)
      } catch {
        preconditionFailure("the common atom \(name): \(error)")
      }
    }
  }

  deinit {
    for page in 0..<directoryEntries {
      free(UnsafeMutableRawPointer(bitPattern: directory[page].load(ordering: .relaxed)))
    }
    directory.deallocate()
    var table = hashTable.load(ordering: .relaxed)
    while table != 0 {
      let previous = AtomHashTable(address: table).previous
      free(UnsafeMutableRawPointer(bitPattern: table))
      table = previous
    }
    while let chunk = lastChunk {
      lastChunk = chunk.load(as: UnsafeMutableRawPointer?.self)
      free(chunk)
    }
  }

  /// The number of atoms.
  public var count: Int { counted.load(ordering: .relaxed) }
  /// The bytes of memory that the table takes from the system.
  public var byteCount: Int { countedBytes.load(ordering: .relaxed) }
}

// MARK: - Names to atoms

extension AtomTable {
  /// The atom of a name, added if it is new.
  /// - Throws: any ``AtomError``; the table is then as it was.
  public func atom(_ name: String) throws(AtomError) -> Term {
    var name = name
    let result = name.withUTF8 { bytes in
      Result { () throws(AtomError) in try atom(utf8: UnsafeRawBufferPointer(bytes)) }
    }
    return try result.get()
  }

  /// The atom of a name in UTF-8, added if it is new.
  /// - Throws: any ``AtomError``; the table is then as it was.
  public func atom(utf8 name: UnsafeRawBufferPointer) throws(AtomError) -> Term {
    let hash = AtomHashTable.hash(name, seed: seed)
    if let record = find(name, hash: hash) { return .atom(record.index) }
    guard let characters = UTF8Decoding.countCodePoints(name) else { throw .invalidUTF8 }
    if characters > Self.maximumCharacters { throw .nameTooLong }
    return try lock.withLock { _ throws(AtomError) in
      // Another thread may have added it since, or to a table newer than the one looked at.
      if let record = find(name, hash: hash) { return .atom(record.index) }
      return try add(name, hash: hash)
    }
  }

  /// The atom of a name in UTF-8 if the table has it.
  public func existing(utf8 name: UnsafeRawBufferPointer) -> Term? {
    find(name, hash: AtomHashTable.hash(name, seed: seed)).map { .atom($0.index) }
  }

  private func find(_ name: UnsafeRawBufferPointer, hash: UInt32) -> AtomRecord? {
    // Acquiring; pairs with the releasing store in `growHashTable`.
    AtomHashTable(address: hashTable.load(ordering: .acquiring)).find(name, hash: hash)
  }
}

// MARK: - Atoms to names

extension AtomTable {
  /// The bytes of an atom's name in UTF-8, which stay where they are as long as the table lives.
  /// - Precondition: the atom is one of this table.
  public func nameBytes(of atom: Term) -> UnsafeRawBufferPointer { record(of: atom).name }

  /// What an atom's name adds to a ``PortableHash``.
  /// - Precondition: the atom is one of this table.
  @inline(__always)
  func portableHash(of atom: Term) -> UInt32 { record(of: atom).portableHash }

  @inline(__always)
  private func record(of atom: Term) -> AtomRecord {
    assert(atom.isAtom, "the word 0x\(String(atom.bits, radix: 16)) is no atom")
    let index = atom.atomIndex
    precondition(index < limit, "the atom \(index) is of another table")
    // Acquiring, both; pair with the releasing stores in `add`.
    let page = directory[index / Self.pageEntries].load(ordering: .acquiring)
    guard let entries = UnsafeMutablePointer<Atomic<UInt>>(bitPattern: page) else {
      preconditionFailure("the atom \(index) is of another table")
    }
    let record = entries[index % Self.pageEntries].load(ordering: .acquiring)
    precondition(record != 0, "the atom \(index) is of another table")
    return AtomRecord(address: record)
  }

  /// Hands the bytes of an atom's name in UTF-8 to a function.
  /// - Precondition: the atom is one of this table.
  public func withName<Result, Failure: Error>(
    of atom: Term, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(self) { () throws(Failure) in try body(nameBytes(of: atom)) }
  }

  /// The name of an atom.
  /// - Precondition: the atom is one of this table.
  public func name(of atom: Term) -> String {
    withName(of: atom) { String(decoding: $0, as: UTF8.self) }
  }
}

// MARK: - Adding, under the lock

extension AtomTable {
  /// Runs a function while no thread can add a name, so that a test sees who waits.
  package func withoutAdding(_ body: () -> Void) { lock.withLock { _ in body() } }

  private func add(_ name: UnsafeRawBufferPointer, hash: UInt32) throws(AtomError) -> Term {
    let index = counted.load(ordering: .relaxed)
    if index == limit { throw .tableFull(limit: limit) }
    let entries = try page(of: index)
    let table = try hashTableWithRoom(count: index + 1)
    let record = AtomRecord(
      initializing: try reserveName(byteCount: AtomRecord.byteCount(name: name.count)),
      name: name, hash: hash, index: index)
    // Releasing; pairs with the acquiring load in `nameBytes`. Before the hash table learns of the
    // name, so that whoever finds the atom finds its name.
    entries[index % Self.pageEntries].store(record.address, ordering: .releasing)
    table.insert(record)
    counted.store(index + 1, ordering: .relaxed)
    return .atom(index)
  }

  private func allocate(byteCount: Int) throws(AtomError) -> UnsafeMutableRawPointer {
    guard let memory = malloc(byteCount) else { throw .outOfMemory(requestedBytes: byteCount) }
    countedBytes.add(byteCount, ordering: .relaxed)
    return memory
  }

  private func page(of index: Int) throws(AtomError) -> UnsafeMutablePointer<Atomic<UInt>> {
    let place = index / Self.pageEntries
    let present = directory[place].load(ordering: .relaxed)
    if let entries = UnsafeMutablePointer<Atomic<UInt>>(bitPattern: present) { return entries }
    let memory = try allocate(byteCount: Self.pageEntries * MemoryLayout<UInt>.stride)
    let entries = memory.bindMemory(to: Atomic<UInt>.self, capacity: Self.pageEntries)
    for entry in 0..<Self.pageEntries { (entries + entry).initialize(to: Atomic(0)) }
    // Releasing; pairs with the acquiring load in `nameBytes`.
    directory[place].store(UInt(bitPattern: entries), ordering: .releasing)
    return entries
  }

  private func reserveName(byteCount: Int) throws(AtomError) -> UnsafeMutableRawPointer {
    if chunk.count < byteCount {
      let memory = try allocate(byteCount: Self.chunkBytes)
      memory.storeBytes(of: lastChunk, as: UnsafeMutableRawPointer?.self)
      lastChunk = memory
      let link = MemoryLayout<UInt>.stride
      chunk = UnsafeMutableRawBufferPointer(start: memory + link, count: Self.chunkBytes - link)
    }
    guard let start = chunk.baseAddress else { preconditionFailure("a chunk without memory") }
    chunk = UnsafeMutableRawBufferPointer(rebasing: chunk[byteCount...])
    return start
  }

  /// The newest hash table, grown if it would be more than half full.
  private func hashTableWithRoom(count: Int) throws(AtomError) -> AtomHashTable {
    let table = AtomHashTable(address: hashTable.load(ordering: .relaxed))
    if count * 2 <= table.slots { return table }
    let slots = table.slots * 2
    guard let grown = AtomHashTable.make(slots: slots, previous: table.address) else {
      throw .outOfMemory(requestedBytes: AtomHashTable.byteCount(slots: slots))
    }
    countedBytes.add(grown.byteCount, ordering: .relaxed)
    table.forEach { grown.insert($0) }
    // Releasing; pairs with the acquiring load in `find`. Readers may be in the old table still:
    // it stays until the end, all of them together no larger than the newest.
    hashTable.store(grown.address, ordering: .releasing)
    return grown
  }
}
