import Glibc
import Tenure

/// Natives of module `ets` that write tables to files and read them.
var tableFileNatives: [Native] {
  [
    Native("ets", "tab2file", 2) { write($0, $1, options: .nil) },
    Native("ets", "tab2file", 3) { write($0, $1, options: $1[2]) },
    Native("ets", "file2tab", 1) { read($0, $1, options: .nil) },
    Native("ets", "file2tab", 2) { read($0, $1, options: $1[1]) },
    Native("ets", "tabfile_info", 1, fileInformation),
  ]
}

private func write(_ interpreter: Interpreter, _ x: Arguments, options: Term) -> Term {
  var chosen = TableFileOptions()
  var rest = options
  while rest.isCons {
    if let flaw = interpreter.read(rest.cons[0], into: &chosen) {
      return interpreter.failure(flaw.reason, of: flaw.term)
    }
    rest = rest.cons[1]
  }
  if !options.isList { return interpreter.noClause() }
  guard rest.isNil else { return interpreter.failure("malformed_option", of: rest) }
  guard let table = interpreter.table(x[0]) else { return interpreter.failure("badtab") }
  guard case .path(let path) = FileName(x[1], interpreter.atoms) else {
    // Without a name there is no file; a binary is none to a log.
    return x[1].isBitString
      ? interpreter.badLogName(x[1], isRead: false) : interpreter.failure("eaccess")
  }
  do {
    try table.write(toFile: path, options: chosen, funs: interpreter.code, by: interpreter.pid)
    return .ok
  } catch .system(_, let number, _) {
    // ERTS begins with the removal of what has the name, and says this wherever that fails.
    if [EISDIR, EPERM, EACCES, ENOTDIR, EROFS, EBUSY, ELOOP, ENAMETOOLONG].contains(number) {
      return interpreter.failure("eaccess")
    }
    return interpreter.fileFailure(x[1], number, isRead: false)
  } catch .table(.outOfMemory), .table(.scratchExhausted), .encoding(.scratch) {
    return interpreter.systemLimit()
  } catch {
    return interpreter.failure("badtab")
  }
}

private func read(_ interpreter: Interpreter, _ x: Arguments, options: Term) -> Term {
  var verifies = false
  var rest = options
  while rest.isCons {
    let option = rest.cons[0]
    guard option.isTuple(arity: 2), interpreter.isAtom(option.tupleElements[0], "verify"),
      option.tupleElements[1] == .true || option.tupleElements[1] == .false
    else { return interpreter.failure("unknown_option", of: option) }
    verifies = option.tupleElements[1] == .true
    rest = rest.cons[1]
  }
  guard rest.isNil else { return interpreter.failure("malformed_option", of: rest) }
  let path: String
  switch FileName(x[0], interpreter.atoms) {
  case .path(let name): path = name
  case .malformed: return interpreter.fileFailure(x[0], reason: "badarg", isRead: true)
  case .other: return interpreter.badLogName(x[0], isRead: true)
  }
  return interpreter.onFile(x[0]) { () throws(TableFileError) in
    let table = try interpreter.system.tables.makeTable(
      fromFile: path, verifies: verifies, funs: interpreter.code, naming: interpreter.code,
      owner: interpreter.pid)
    do throws(TableError) {
      return try interpreter.identifier(ofNew: table)
    } catch {
      throw .table(error)
    }
  }
}

private func fileInformation(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let path: String
  switch FileName(x[0], interpreter.atoms) {
  case .path(let name): path = name
  case .malformed: return interpreter.fileFailure(x[0], reason: "badarg", isRead: true)
  case .other: return interpreter.noClause()
  }
  return interpreter.onFile(x[0]) { () throws(TableFileError) in
    let found = try interpreter.system.tables.information(ofFile: path)
    let extended = [
      found.tellsObjectCount ? "object_count" : nil, found.tellsDigest ? "md5sum" : nil,
    ].compactMap(\.self)
    let atoms = [
      "name", "type", "protection", "named_table", "keypos", "size", "extended_info", "version",
      found.options.type.rawValue, found.options.protection.rawValue,
    ].map { interpreter.atom($0) }
    let names = extended.map { interpreter.atom($0) }
    guard atoms.allSatisfy({ $0 != nil }), names.allSatisfy({ $0 != nil }) else { return nil }
    let known = atoms.compactMap(\.self)
    do throws(TableError) {
      return try interpreter.building(words: 80) { cursor in
        let values: [Term] = [
          found.name, known[8], known[9], .boolean(found.options.isNamed),
          .small(found.options.keyPosition), .small(found.objectCount),
          cursor.makeList(names.compactMap(\.self)),
          cursor.makeTuple(.small(found.version.major), .small(found.version.minor)),
        ]
        var pairs: [Term] = []
        for (name, value) in zip(known, values) { pairs.append(cursor.makeTuple(name, value)) }
        return cursor.makeList(pairs)
      }
    } catch {
      throw .table(error)
    }
  }
}

// MARK: - Arguments and results

extension Interpreter {
  /// Takes an option of `ets:tab2file/3`.
  /// - Returns: what is wrong, where something is.
  fileprivate func read(
    _ option: Term, into options: inout TableFileOptions
  ) -> (reason: String, term: Term)? {
    let unknown = ("unknown_option", option)
    guard option.isTuple(arity: 2) else { return unknown }
    let value = option.tupleElements[1]
    if isAtom(option.tupleElements[0], "sync") {
      options.synchronizes = value == .true
      return value == .true || value == .false ? nil : unknown
    }
    guard isAtom(option.tupleElements[0], "extended_info") else { return unknown }
    var rest = value
    while rest.isCons {
      if isAtom(rest.cons[0], "object_count") {
        options.tellsObjectCount = true
      } else if isAtom(rest.cons[0], "md5sum") {
        options.tellsDigest = true
      } else {
        return unknown
      }
      rest = rest.cons[1]
    }
    return rest.isNil ? nil : ("malformed_option", rest)
  }

  /// `{ok, Result}` of a piece of work on a file, or `{error, Reason}`.
  fileprivate func onFile(
    _ name: Term, _ body: () throws(TableFileError) -> Term?
  ) -> Term {
    do throws(TableFileError) {
      guard let result = try body() else { return systemLimit() }
      return onTable { () throws(TableError) in
        try building(words: 3) { $0.makeTuple(.ok, result) }
      }
    } catch {
      switch error {
      case .system(_, let number, _): return fileFailure(name, number, isRead: true)
      case .notALog:
        return onTable { () throws(TableError) in
          guard let notALog = atom("not_a_log_file"), let readError = atom("read_error") else {
            return nil
          }
          return try building(words: 9) { cursor in
            let reason = cursor.makeTuple(readError, cursor.makeTuple(notALog, name))
            return cursor.makeTuple(.error, reason)
          }
        }
      case .wrongCount: return failure("invalid_object_count")
      case .wrongDigest: return failure("checksum_error")
      case .table(.nameTaken): return failure("cannot_create_table")
      case .table(.outOfMemory), .table(.scratchExhausted), .table(.heap): return systemLimit()
      case .damaged, .encoding, .table: return failure("badfile")
      }
    }
  }

  /// `{error, Reason}`.
  fileprivate func failure(_ reason: String) -> Term {
    onTable { () throws(TableError) in
      guard let reason = atom(reason) else { return nil }
      return try building(words: 3) { $0.makeTuple(.error, reason) }
    }
  }

  /// `{error, {Reason, Term}}`.
  fileprivate func failure(_ reason: String, of term: Term) -> Term {
    onTable { () throws(TableError) in
      guard let reason = atom(reason) else { return nil }
      return try building(words: 6) { cursor in
        let pair = cursor.makeTuple(reason, term)
        return cursor.makeTuple(.error, pair)
      }
    }
  }

  /// `{error, {badarg, [{file, Name}]}}`, within `{read_error, _}` and with the mode where a file was to be
  /// read: what a log says of a name that is neither a list nor an atom.
  fileprivate func badLogName(_ name: Term, isRead: Bool) -> Term {
    onTable { () throws(TableError) in
      guard let file = atom("file"), let mode = atom("mode"), let readOnly = atom("read_only"),
        let readError = atom("read_error")
      else { return nil }
      return try building(words: 3 * 5 + 2 * 2) { cursor in
        let named = cursor.makeTuple(file, name)
        let modes = isRead ? cursor.makeCons(cursor.makeTuple(mode, readOnly), .nil) : .nil
        var reason = cursor.makeTuple(.badArgument, cursor.makeCons(named, modes))
        if isRead { reason = cursor.makeTuple(readError, reason) }
        return cursor.makeTuple(.error, reason)
      }
    }
  }

  fileprivate func fileFailure(_ name: Term, _ number: Int32, isRead: Bool) -> Term {
    fileFailure(name, reason: SystemError(number: number).name, isRead: isRead)
  }

  /// `{error, {file_error, Name, Reason}}`, within `{read_error, _}` where a file was read.
  fileprivate func fileFailure(_ name: Term, reason: String, isRead: Bool) -> Term {
    onTable { () throws(TableError) in
      guard let fileError = atom("file_error"), let readError = atom("read_error"),
        let reason = atom(reason)
      else { return nil }
      return try building(words: 10) { cursor in
        var tuple = cursor.makeTuple(fileError, name, reason)
        if isRead { tuple = cursor.makeTuple(readError, tuple) }
        return cursor.makeTuple(.error, tuple)
      }
    }
  }
}

/// The name of a file as Erlang's module `file` takes it.
private enum FileName {
  case path(String)
  /// A list that is no name.
  case malformed
  /// Neither a list nor an atom.
  case other

  /// Takes an atom, or a list of characters, atoms and such lists, behind which an atom may stand.
  init(_ term: Term, _ atoms: AtomTable) {
    if !term.isAtom && !term.isList {
      self = .other
      return
    }
    var path = ""
    var waiting = [term]
    while let next = waiting.popLast() {
      if next.isAtom {
        path += atoms.name(of: next)
      } else if next.isCons, next.cons[1].isList || next.cons[1].isAtom {
        waiting.append(next.cons[1])
        waiting.append(next.cons[0])
      } else if next.isSmall, let value = UInt32(exactly: next.smallValue), value != 0,
        let scalar = Unicode.Scalar(value)
      {
        path.unicodeScalars.append(scalar)
      } else if !next.isNil {
        self = .malformed
        return
      }
    }
    self = .path(path)
  }
}
