import Glibc
import Tenure

/// Natives of module `prim_file` on open files. A file belongs to the process that opened it, and
/// is closed when that ends.
var fileNatives: [Native] {
  [
    Native("prim_file", "open_nif", 2, open),
    Native("prim_file", "close_nif", 1) { interpreter, x in
      interpreter.onFile(x[0], closes: true) { (file) throws(FileFailure) in
        try failing { () throws(SystemError) in try file.end() }
        return .ok
      }
    },
    // What Erlang's own runtime needs where a file outlives its process.
    Native("prim_file", "delayed_close_nif", 1) { _, _ in .ok },
    Native("prim_file", "read_nif", 2) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let count = try interpreter.fileNumber(x[1])
        return try interpreter.readResult(wanted: count) { () throws(SystemError) in
          try file.read(count)
        }
      }
    },
    Native("prim_file", "pread_nif", 3) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let (offset, count) = (
          try interpreter.fileNumber(x[1]), try interpreter.fileNumber(x[2])
        )
        return try interpreter.readResult(wanted: count) { () throws(SystemError) in
          try file.read(count, at: offset)
        }
      }
    },
    Native("prim_file", "write_nif", 2) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let bytes = try interpreter.fileBytes(x[1])
        try failing { () throws(SystemError) in try file.write(bytes) }
        return .ok
      }
    },
    Native("prim_file", "pwrite_nif", 3) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let offset = try interpreter.fileNumber(x[1])
        let bytes = try interpreter.fileBytes(x[2])
        try failing { () throws(SystemError) in try file.write(bytes, at: offset) }
        return .ok
      }
    },
    Native("prim_file", "seek_nif", 3, seek),
    Native("prim_file", "truncate_nif", 1) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        try failing { () throws(SystemError) in try file.truncate() }
        return .ok
      }
    },
    Native("prim_file", "sync_nif", 2) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let dataOnly = x[1] == .small(1)
        try failing { () throws(SystemError) in try file.synchronize(dataOnly: dataOnly) }
        return .ok
      }
    },
    Native("prim_file", "allocate_nif", 3) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let (offset, count) = (
          try interpreter.fileNumber(x[1]), try interpreter.fileNumber(x[2])
        )
        try failing { () throws(SystemError) in try file.allocate(at: offset, count: count) }
        return .ok
      }
    },
    Native("prim_file", "advise_nif", 4, advise),
    Native("prim_file", "read_handle_info_nif", 1) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let found = try failing { () throws(SystemError) in
          try FileSystem.Information(descriptor: file.descriptor)
        }
        return interpreter.makeFileInformation(found)
      }
    },
    Native("prim_file", "get_handle_nif", 1) { interpreter, x in
      interpreter.onFile(x[0]) { (file) throws(FileFailure) in
        let descriptor = withUnsafeBytes(of: file.descriptor) { Array($0) }
        return interpreter.makeBinary(descriptor, live: 0)
      }
    },
    Native("prim_file", "ipread_s32bu_p32bu_nif", 3, readIndirectly),
  ]
}

/// Why a native of files has no result.
enum FileFailure: Error {
  /// An argument is none.
  case badArgument
  /// An exception is pending.
  case raised
  case system(SystemError)
}

/// Runs a piece of work of the system as one of a native.
func failing<Result>(_ body: () throws(SystemError) -> Result) throws(FileFailure) -> Result {
  do { return try body() } catch { throw .system(error) }
}

private let fileMark: UInt32 = 0xF17E

extension Interpreter {
  /// Runs the work of a native; what fails of the system comes back as `{error, Reason}`.
  func onFiles(_ body: () throws(FileFailure) -> Term) -> Term {
    // It may take long: others run the processes that wait here.
    schedulers.wakeOne()
    do throws(FileFailure) {
      return try body()
    } catch {
      switch error {
      case .badArgument: return badArgument()
      case .raised: return .none
      case .system(let error): return errorPair(error.name, live: 0)
      }
    }
  }

  /// Runs the work of a native with the open file of a reference: `{error, einval}` where it was
  /// closed.
  fileprivate func onFile(
    _ reference: Term, closes: Bool = false, _ body: (OpenFile) throws(FileFailure) -> Term
  ) -> Term {
    guard let number = reference.number(ofReferenceMarked: fileMark) else { return badArgument() }
    return onFiles { () throws(FileFailure) in
      guard let file = closes ? current.files.remove(number) : current.files[number] else {
        throw .system(.invalid)
      }
      return try body(file)
    }
  }

  /// A place or a count of bytes: no integer is no argument, one below zero or of more than 63 bits
  /// is refused as the system would.
  fileprivate func fileNumber(_ term: Term) throws(FileFailure) -> Int {
    guard term.isInteger else { throw .badArgument }
    guard term.isSmall, term.smallValue >= 0 else { throw .system(.invalid) }
    return term.smallValue
  }

  /// The bytes of a list of binaries.
  fileprivate func fileBytes(_ term: Term) throws(FileFailure) -> [UInt8] {
    guard let bytes = bytes(ofData: term) else { throw .raised }
    return bytes
  }

  /// `{ok, Bytes}`, or `eof` where there are none though some were wanted.
  fileprivate func readResult(
    wanted: Int, _ read: () throws(SystemError) -> [UInt8]
  ) throws(FileFailure) -> Term {
    let bytes = try failing(read)
    if bytes.isEmpty && wanted > 0 { return atom("eof") ?? .none }
    return okPair(bytes)
  }

  /// `{ok, Binary}`.
  func okPair(_ bytes: [UInt8]) -> Term {
    let binary = makeBinary(bytes, live: 0)
    if binary.isNone { return .none }
    x[0] = binary
    return makeTuple(arity: 2, live: 1) { elements in
      elements[0] = .ok
      elements[1] = x[0]
    }
  }

  /// `{error, Reason}`.
  func errorPair(_ reason: String, live: Int) -> Term {
    guard let reason = atom(reason), ensure(3, live: live) else { return .none }
    return build { $0.makeTuple(.error, reason) }
  }
}

private func open(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onFiles { () throws(FileFailure) in
    let path = try interpreter.nativePath(x[0])
    var modes: FileModes = []
    var rest = x[1]
    while rest.isCons {
      // Others are for the layers above.
      if rest.cons[0].isAtom,
        let mode = FileModes(option: interpreter.atoms.name(of: rest.cons[0]))
      {
        modes.insert(mode)
      }
      rest = rest.cons[1]
    }
    guard rest.isNil else { throw .badArgument }
    let file = try failing { () throws(SystemError) in try OpenFile(path: path, modes: modes) }
    guard interpreter.ensure(3 + Interpreter.referenceWords, live: 0) else { throw .raised }
    let number = interpreter.code.objects.nextNumber()
    interpreter.current.files.add(file, number: number)
    return interpreter.build { cursor in
      cursor.makeTuple(.ok, cursor.makeReference(number: number, mark: fileMark))
    }
  }
}

private func seek(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onFile(x[0]) { (file) throws(FileFailure) in
    guard x[1].isAtom, let origin = OpenFile.Origin(rawValue: interpreter.atoms.name(of: x[1])),
      x[2].isInteger
    else { throw .badArgument }
    guard x[2].isSmall else { throw .system(.invalid) }
    let place = try failing { () throws(SystemError) in
      try file.move(to: x[2].smallValue, from: origin)
    }
    guard interpreter.ensure(3 + 2, live: 0) else { throw .raised }
    return interpreter.build { cursor in
      cursor.makeTuple(.ok, IntegerArithmetic.makeInteger(place, into: &cursor))
    }
  }
}

private func advise(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let advices: [String: Int32] = [
    "normal": POSIX_FADV_NORMAL, "sequential": POSIX_FADV_SEQUENTIAL,
    "random": POSIX_FADV_RANDOM, "no_reuse": POSIX_FADV_NOREUSE,
    "will_need": POSIX_FADV_WILLNEED, "dont_need": POSIX_FADV_DONTNEED,
  ]
  return interpreter.onFile(x[0]) { (file) throws(FileFailure) in
    let (offset, count) = (try interpreter.fileNumber(x[1]), try interpreter.fileNumber(x[2]))
    guard x[3].isAtom, let advice = advices[interpreter.atoms.name(of: x[3])] else {
      throw .system(.invalid)
    }
    try failing { () throws(SystemError) in try file.advise(at: offset, count: count, advice) }
    return .ok
  }
}

/// Reads what two numbers of 32 bits at a place say: how many bytes, and where.
private func readIndirectly(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  interpreter.onFile(x[0]) { (file) throws(FileFailure) in
    let (offset, most) = (try interpreter.fileNumber(x[1]), try interpreter.fileNumber(x[2]))
    let head = try failing { () throws(SystemError) in try file.read(8, at: offset) }
    func number(_ place: Int) -> Int { head[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard head.count == 8, number(0) <= most else { return interpreter.atom("eof") ?? .none }
    let (count, place) = (number(0), number(4))
    let bytes = try failing { () throws(SystemError) in try file.read(count, at: place) }
    x[0] =
      bytes.isEmpty ? interpreter.atom("eof") ?? .none : interpreter.makeBinary(bytes, live: 0)
    guard !x[0].isNone, interpreter.ensure(3 + 4, live: 1) else { throw .raised }
    return interpreter.build { cursor in
      cursor.makeTuple(.ok, cursor.makeTuple(.small(count), .small(place), x[0]))
    }
  }
}
