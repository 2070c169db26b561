import Heaps
import Terms

extension TableRegistry {
  /// Makes a table of a file that ``Table/write(toFile:options:funs:by:)`` or real Erlang's
  /// `ets:tab2file/3` wrote, as `ets:file2tab/2`.
  ///
  /// A damaged file gives an error and no table, where real Erlang gives what it could read.
  /// - Parameters:
  ///   - path: of the file.
  ///   - verifies: whether what the file tells of itself is compared with what it holds: the digest,
  ///     or else the number of objects.
  ///   - funs: who resolves funs; without it they are refused.
  ///   - naming: who names funs, by which keys of maps are sorted.
  ///   - owner: the pid of the process that the table ends with.
  /// - Throws: ``TableFileError``; then no table was made.
  /// - Complexity: O(bytes of the file).
  public func makeTable(
    fromFile path: String, verifies: Bool = false, funs: (any FunResolver)? = nil,
    naming: (any FunNaming)? = nil, owner: Term
  ) throws(TableFileError) -> Table {
    let decoder = ExternalDecoder(
      atoms: atoms, scratch: environment.scratch, funs: funs, naming: naming,
      binaries: environment.binaries)
    var reader = try TermLogReader.open(path)
    var digest = MD5()
    let header = try reader.readHeader(decoder, atoms, &digest)
    let table: Table
    do throws(TableError) {
      table = try makeTable(named: header.name, options: header.options, owner: owner)
    } catch {
      throw .table(error)
    }
    do throws(TableFileError) {
      let found = try reader.readObjects(
        into: table, header, decoder, atoms, verifies: verifies, &digest, by: owner)
      if verifies { try found.verify(path: path, header) }
    } catch {
      try? table.delete(by: owner)
      throw error
    }
    return table
  }

  /// What a file says of its table, as `ets:tabfile_info/1`.
  public func information(
    ofFile path: String
  ) throws(TableFileError) -> TableFileInformation {
    var reader = try TermLogReader.open(path)
    var digest = MD5()
    let decoder = ExternalDecoder(atoms: atoms, scratch: environment.scratch)
    return try reader.readHeader(decoder, atoms, &digest)
  }
}

/// What was found in a file.
private struct FoundContents {
  var objectCount = 0
  var digest: [UInt8]?
  var end: TableFileEnd?

  /// Compares it with what the file tells.
  func verify(path: String, _ header: TableFileInformation) throws(TableFileError) {
    if header.tellsDigest, end?.digest != digest || digest == nil { throw .wrongDigest(path: path) }
    // Without more, the count at the beginning has to do; others may have written meanwhile.
    let expected = end?.objectCount ?? header.objectCount
    if header.tellsObjectCount && end?.objectCount == nil || expected != objectCount {
      throw .wrongCount(path: path, expected: expected, found: objectCount)
    }
  }
}

extension TermLogReader {
  /// Reads the first item.
  fileprivate mutating func readHeader(
    _ decoder: ExternalDecoder, _ atoms: AtomTable, _ digest: inout MD5
  ) throws(TableFileError) -> TableFileInformation {
    let start = offset
    guard let bytes = try nextItem() else {
      throw .damaged(path: path, offset: start, what: "nothing tells of the table")
    }
    bytes.withUnsafeBytes { digest.update($0) }
    let decoded = try decode(bytes, decoder, at: start)
    defer { withExtendedLifetime(decoded) {} }
    guard let header = TableFileInformation(decoded.term, atoms: atoms) else {
      throw .damaged(path: path, offset: start, what: "the beginning does not tell of a table")
    }
    return header
  }

  /// Reads all further items.
  fileprivate mutating func readObjects(
    into table: Table, _ header: TableFileInformation, _ decoder: ExternalDecoder,
    _ atoms: AtomTable, verifies: Bool, _ digest: inout MD5, by owner: Term
  ) throws(TableFileError) -> FoundContents {
    var found = FoundContents()
    while true {
      let start = offset
      guard let bytes = try nextItem() else { return found }
      let decoded = try decode(bytes, decoder, at: start)
      defer { withExtendedLifetime(decoded) {} }
      if header.tellsObjectCount || header.tellsDigest,
        let end = TableFileEnd(decoded.term, atoms: atoms)
      {
        found.end = end
        if verifies && header.tellsDigest { found.digest = digest.finish() }
        let behind = offset
        if try nextItem() != nil {
          throw .damaged(path: path, offset: behind, what: "more stands behind the end")
        }
        return found
      }
      if verifies && header.tellsDigest { bytes.withUnsafeBytes { digest.update($0) } }
      do {
        try table.insert(decoded.term, by: owner)
      } catch .notAnObject {
        throw .damaged(path: path, offset: start, what: "a term is no object")
      } catch .noKeyPosition {
        throw .damaged(path: path, offset: start, what: "an object is too short to have a key")
      } catch {
        throw .table(error)
      }
      found.objectCount += 1
    }
  }

  private func decode(
    _ bytes: [UInt8], _ decoder: ExternalDecoder, at start: Int
  ) throws(TableFileError) -> DecodedExternalTerm {
    var result = Result<DecodedExternalTerm, TableFileError>.failure(.notALog(path: path))
    bytes.withUnsafeBytes { bytes in
      do throws(ExternalFormatError) {
        result = .success(try DecodedExternalTerm(bytes, by: decoder))
      } catch {
        result = .failure(.damaged(path: path, offset: start, what: error.description))
      }
    }
    let decoded = try result.get()
    if decoded.byteCount != bytes.count {
      throw .damaged(path: path, offset: start, what: "bytes behind a term")
    }
    return decoded
  }
}
