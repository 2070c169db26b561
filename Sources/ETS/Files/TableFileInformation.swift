import Terms

/// What the beginning of a table's file says of it: the result of `ets:tabfile_info/1`.
public struct TableFileInformation: Sendable {
  /// The atom that the table was named.
  public var name: Term
  /// What the table is made with.
  public var options: TableOptions
  /// The objects when the file was begun.
  public var objectCount: Int
  /// Whether the file's end tells how many objects it holds.
  public var tellsObjectCount: Bool
  /// Whether the file's end has a digest of all before it.
  public var tellsDigest: Bool
  /// The version of the format.
  public var version: (major: Int, minor: Int) = (1, 0)
}

/// The first term of a table's file: a tuple of pairs, those of `ets:info/1` and three more.
extension TableFileInformation {
  /// Words that are enough for ``term(of:owner:atoms:into:)``.
  static var termWords: Int { 160 }

  /// Builds the term.
  func term(
    of table: Table, owner: Term, atoms: AtomTable, into cursor: inout WordCursor
  ) throws(AtomError) -> Term {
    let identifier = cursor.makeReference(to: table)
    var extended = Term.nil
    if tellsDigest { extended = cursor.makeCons(try atoms.atom("md5sum"), extended) }
    if tellsObjectCount { extended = cursor.makeCons(try atoms.atom("object_count"), extended) }
    let pairs: [(String, Term)] = [
      ("id", identifier), ("decentralized_counters", .boolean(options.countsApart)),
      ("read_concurrency", .boolean(options.readConcurrency)),
      ("write_concurrency", try atoms.atom(options.writeConcurrency.rawValue)),
      ("compressed", .boolean(options.isCompressed)),
      ("memory", .small(0)), ("owner", owner), ("heir", try atoms.atom("none")),
      ("name", name), ("size", .small(objectCount)), ("node", try atoms.atom("nonode@nohost")),
      ("named_table", .boolean(options.isNamed)),
      ("type", try atoms.atom(options.type.rawValue)),
      ("keypos", .small(options.keyPosition)),
      ("protection", try atoms.atom(options.protection.rawValue)),
      ("major_version", .small(version.major)), ("minor_version", .small(version.minor)),
      ("extended_info", extended),
    ]
    let tuple = cursor.makeTuple(arity: pairs.count)
    for (index, pair) in pairs.enumerated() {
      tuple[index + 1] = cursor.makeTuple(try atoms.atom(pair.0), pair.1).bits
    }
    return .boxed(at: tuple)
  }

  /// Reads the term; nothing where it is no such.
  init?(_ term: Term, atoms: AtomTable) {
    guard term.isTuple else { return nil }
    var values: [String: Term] = [:]
    for pair in term.tupleElements {
      guard pair.isTuple(arity: 2), pair.tupleElements[0].isAtom else { return nil }
      values[atoms.name(of: pair.tupleElements[0])] = pair.tupleElements[1]
    }
    func text(_ key: String) -> String? {
      values[key].flatMap { $0.isAtom ? atoms.name(of: $0) : nil }
    }
    func number(_ key: String) -> Int? { values[key].flatMap { $0.isSmall ? $0.smallValue : nil } }
    guard let name = values["name"], name.isAtom,
      let type = text("type").flatMap(TableType.init(rawValue:)),
      let protection = text("protection").flatMap(TableProtection.init(rawValue:)),
      let keyPosition = number("keypos"), keyPosition >= 1, let objectCount = number("size"),
      let isNamed = text("named_table"), let major = number("major_version"),
      let minor = number("minor_version"), major == 1
    else { return nil }
    self.name = name
    self.objectCount = objectCount
    version = (major, minor)
    options = TableOptions(type: type, protection: protection, keyPosition: keyPosition)
    options.isNamed = isNamed == "true"
    options.isCompressed = text("compressed") == "true"
    options.readConcurrency = text("read_concurrency") == "true"
    options.writeConcurrency =
      text("write_concurrency").flatMap(WriteConcurrency.init(rawValue:)) ?? .off
    var extended: [String] = []
    var rest = values["extended_info"] ?? .nil
    while rest.isCons, rest.cons[0].isAtom {
      extended.append(atoms.name(of: rest.cons[0]))
      rest = rest.cons[1]
    }
    tellsObjectCount = extended.contains("object_count")
    tellsDigest = extended.contains("md5sum")
  }
}
