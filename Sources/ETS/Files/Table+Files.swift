import Heaps
import Terms

/// How a table is written to a file: the options of `ets:tab2file/3`.
public struct TableFileOptions: Sendable {
  /// Whether the end of the file tells how many objects it holds (`object_count`).
  public var tellsObjectCount = false
  /// Whether the end of the file has a digest of all before it (`md5sum`).
  public var tellsDigest = false
  /// Whether the file is on the disk before the call returns (`sync`).
  public var synchronizes = false

  /// Makes options; the defaults are those of `ets:tab2file/2`.
  public init() {}
}

extension Table {
  /// Writes all objects to a file that real Erlang's `ets:file2tab/1` reads, as `ets:tab2file/3`.
  ///
  /// The objects are those of one moment, others write on meanwhile. The file is written beside its
  /// place and put there when it is whole.
  /// - Parameters:
  ///   - path: of the file; one that is there is replaced.
  ///   - options: what the file tells.
  ///   - funs: who names funs; without it objects with funs are refused.
  /// - Throws: ``TableFileError``; then what was there is as it was.
  /// - Complexity: O(words of all objects).
  public func write(
    toFile path: String, options: TableFileOptions = TableFileOptions(),
    funs: (any FunNaming)? = nil, by caller: Term
  ) throws(TableFileError) {
    let snapshot: TableSnapshot
    var header: TableFileInformation
    do throws(TableError) {
      snapshot = try makeSnapshot(by: caller)
      header = TableFileInformation(
        name: name, options: try information().options, objectCount: snapshot.objectCount,
        tellsObjectCount: options.tellsObjectCount, tellsDigest: options.tellsDigest)
    } catch {
      throw .table(error)
    }
    let registry = record.pointee.registry
    let encoder = ExternalEncoder(
      atoms: registry.atoms, scratch: registry.environment.scratch, funs: funs)
    var writer = try TermLogWriter(path)
    var digest = MD5()
    func append(_ bytes: [UInt8]) throws(TableFileError) {
      if options.tellsDigest { bytes.withUnsafeBytes { digest.update($0) } }
      try writer.append(bytes)
    }
    try append(try encoder.headerBytes(header, of: self))
    do throws(WalkError<TableFileError>) {
      try snapshot.forEachObject(by: caller) { object throws(TableFileError) in
        try append(try encoder.fileBytes(of: object))
      }
    } catch {
      switch error {
      case .table(let error): throw .table(error)
      case .body(let error): throw error
      }
    }
    if options.tellsObjectCount || options.tellsDigest {
      let end = TableFileEnd(
        objectCount: options.tellsObjectCount ? snapshot.objectCount : nil,
        digest: options.tellsDigest ? digest.finish() : nil)
      try writer.append(try encoder.endBytes(end, registry.atoms))
    }
    try writer.finish(synchronizes: options.synchronizes)
  }
}

/// The last term of a file that tells more: `['$end_of_table', [{count, N}, {md5, Bytes}]]`.
struct TableFileEnd: Equatable {
  var objectCount: Int?
  var digest: [UInt8]?

  init(objectCount: Int?, digest: [UInt8]?) {
    (self.objectCount, self.digest) = (objectCount, digest)
  }

  /// Reads the term; nothing where it is an object.
  init?(_ term: Term, atoms: AtomTable) {
    guard term.isCons, term.cons[0].isAtom, atoms.name(of: term.cons[0]) == "$end_of_table",
      term.cons[1].isCons
    else { return nil }
    var rest = term.cons[1].cons[0]
    while rest.isCons {
      let pair = rest.cons[0]
      guard pair.isTuple(arity: 2), pair.tupleElements[0].isAtom else { return nil }
      let value = pair.tupleElements[1]
      switch atoms.name(of: pair.tupleElements[0]) {
      case "count" where value.isSmall: objectCount = value.smallValue
      case "md5" where value.isHeapBinary: digest = Array(value.heapBinaryBytes)
      default: break
      }
      rest = rest.cons[1]
    }
  }
}

extension ExternalEncoder {
  /// The encoding of an object.
  fileprivate func fileBytes(of term: Term) throws(TableFileError) -> [UInt8] {
    do {
      return try encode(term)
    } catch {
      throw .encoding(error)
    }
  }

  fileprivate func headerBytes(
    _ header: TableFileInformation, of table: Table
  ) throws(TableFileError) -> [UInt8] {
    let registry = table.record.pointee.registry
    return try encoded(words: TableFileInformation.termWords) { cursor throws(AtomError) in
      try header.term(of: table, owner: table.owner, atoms: registry.atoms, into: &cursor)
    }
  }

  fileprivate func endBytes(
    _ end: TableFileEnd, _ atoms: AtomTable
  ) throws(TableFileError) -> [UInt8] {
    try encoded(words: 64) { cursor throws(AtomError) in
      var pairs: [Term] = []
      if let count = end.objectCount {
        pairs.append(cursor.makeTuple(try atoms.atom("count"), .small(count)))
      }
      if let digest = end.digest {
        let binary = digest.withUnsafeBytes { cursor.makeHeapBinary($0) }
        pairs.append(cursor.makeTuple(try atoms.atom("md5"), binary))
      }
      return cursor.makeList([try atoms.atom("$end_of_table"), cursor.makeList(pairs)])
    }
  }

  /// The encoding of a term that is built for it.
  private func encoded(
    words: Int, _ build: (inout WordCursor) throws(AtomError) -> Term
  ) throws(TableFileError) -> [UInt8] {
    var memory = [UInt](repeating: 0, count: words)
    var result = Result<[UInt8], TableFileError>.success([])
    memory.withUnsafeMutableBufferPointer { buffer in
      let start = buffer.baseAddress.unsafelyUnwrapped
      var cursor = WordCursor(top: start, limit: start + words)
      do {
        let term = try build(&cursor)
        result = .success(try fileBytes(of: term))
      } catch let error as TableFileError {
        result = .failure(error)
      } catch {
        result = .failure(.table(.invalidOption("no room for the atoms of a file: \(error)")))
      }
    }
    return try result.get()
  }
}
