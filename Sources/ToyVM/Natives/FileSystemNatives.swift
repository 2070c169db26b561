import Glibc
import Tenure

/// Natives of module `prim_file` on files and directories by their names.
var fileSystemNatives: [Native] {
  [
    pathNative("read_file_nif") { (interpreter, path) throws(FileFailure) in
      interpreter.okPair(try failing { () throws(SystemError) in try FileSystem.bytes(of: path) })
    },
    pathNative("read_link_nif") { (interpreter, path) throws(FileFailure) in
      interpreter.okPair(
        try failing { () throws(SystemError) in try FileSystem.target(ofLink: path) })
    },
    pathNative("list_dir_nif") { (interpreter, path) throws(FileFailure) in
      let names = try failing { () throws(SystemError) in try FileSystem.names(in: path) }
      return interpreter.okPair(ofNames: names)
    },
    pathNative("del_file_nif", FileSystem.delete),
    pathNative("make_dir_nif", FileSystem.makeDirectory),
    pathNative("del_dir_nif", FileSystem.deleteDirectory),
    pathNative("set_cwd_nif", FileSystem.setCurrentDirectory),
    pathNative("altname_nif") { (_, _) throws(FileFailure) in
      throw .system(SystemError(number: ENOTSUP))
    },
    pathsNative("rename_nif") { (path, target) throws(SystemError) in
      try FileSystem.rename(path, to: target)
    },
    pathsNative("make_hard_link_nif") { (path, new) throws(SystemError) in
      try FileSystem.link(path, as: new)
    },
    pathsNative("make_soft_link_nif") { (path, new) throws(SystemError) in
      try FileSystem.linkSymbolically(path, as: new)
    },
    Native("prim_file", "get_cwd_nif", 0) { interpreter, _ in
      interpreter.onFiles { () throws(FileFailure) in
        interpreter.okPair(
          try failing { () throws(SystemError) in try FileSystem.currentDirectory() })
      }
    },
    // There are no drives.
    Native("prim_file", "get_device_cwd_nif", 1) { interpreter, _ in
      interpreter.errorPair("enotsup", live: 0)
    },
    Native("prim_file", "read_info_nif", 2) { interpreter, x in
      interpreter.onFiles { () throws(FileFailure) in
        let path = try interpreter.nativePath(x[0])
        let followsLinks = x[1] == .small(1)
        return interpreter.makeFileInformation(
          try failing { () throws(SystemError) in
            try FileSystem.Information(path: path, followsLinks: followsLinks)
          })
      }
    },
    numbersNative("set_permissions_nif", 1) { (path, numbers) throws(SystemError) in
      try FileSystem.setPermissions(path, UInt32(truncatingIfNeeded: numbers[0]))
    },
    numbersNative("set_owner_nif", 2) { (path, numbers) throws(SystemError) in
      try FileSystem.setOwner(path, user: numbers[0], group: numbers[1])
    },
    // When a file was made cannot be set.
    numbersNative("set_time_nif", 3) { (path, numbers) throws(SystemError) in
      try FileSystem.setTimes(path, read: numbers[0], changed: numbers[1])
    },
  ]
}

/// A native of one path.
private func pathNative(
  _ name: String,
  _ body: @escaping @Sendable (Interpreter, FileSystem.Path) throws(FileFailure) -> Term
) -> Native {
  Native("prim_file", name, 1) { interpreter, x in
    interpreter.onFiles { () throws(FileFailure) in
      try body(interpreter, try interpreter.nativePath(x[0]))
    }
  }
}

/// A native of one path that returns `ok`.
private func pathNative(
  _ name: String, _ body: @escaping @Sendable (FileSystem.Path) throws(SystemError) -> Void
) -> Native {
  pathNative(name) { (_, path) throws(FileFailure) in
    try failing { () throws(SystemError) in try body(path) }
    return .ok
  }
}

/// A native of two paths that returns `ok`.
private func pathsNative(
  _ name: String,
  _ body: @escaping @Sendable (FileSystem.Path, FileSystem.Path) throws(SystemError) -> Void
) -> Native {
  Native("prim_file", name, 2) { interpreter, x in
    interpreter.onFiles { () throws(FileFailure) in
      let (first, second) = (try interpreter.nativePath(x[0]), try interpreter.nativePath(x[1]))
      try failing { () throws(SystemError) in try body(first, second) }
      return .ok
    }
  }
}

/// A native of a path and numbers that returns `ok`.
private func numbersNative(
  _ name: String, _ count: Int,
  _ body: @escaping @Sendable (FileSystem.Path, [Int]) throws(SystemError) -> Void
) -> Native {
  Native("prim_file", name, 1 + count) { interpreter, x in
    interpreter.onFiles { () throws(FileFailure) in
      let path = try interpreter.nativePath(x[0])
      let terms = (1...count).map { x[$0] }
      guard terms.allSatisfy(\.isSmall) else { throw .badArgument }
      let numbers = terms.map(\.smallValue)
      try failing { () throws(SystemError) in try body(path, numbers) }
      return .ok
    }
  }
}

// MARK: - Paths and results

extension Interpreter {
  /// The path in a binary that ends with a zero, as `internal_name2native/1` makes them.
  func nativePath(_ term: Term) throws(FileFailure) -> FileSystem.Path {
    guard let bytes = bytes(ofBinary: term), bytes.last == 0 else { throw .badArgument }
    return bytes.map { CChar(bitPattern: $0) }
  }

  /// `{ok, [Name]}`; `list_dir/1` turns the order around.
  fileprivate func okPair(ofNames names: [[UInt8]]) -> Term {
    kept[0] = .nil
    defer { kept[0] = .nil }
    for name in names {
      guard let built = makeBitString(bits: 8 * name.count, extraWords: 2, live: 0) else {
        return .none
      }
      name.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(mutating: built.term.wholeBinaryBytes).copyMemory(from: $0)
      }
      kept[0] = build { $0.makeCons(built.term, kept[0]) }
    }
    return makeTuple(arity: 2, live: 0) { elements in
      elements[0] = .ok
      elements[1] = kept[0]
    }
  }

  /// A `#file_info{}` with times in seconds.
  func makeFileInformation(_ found: FileSystem.Information) -> Term {
    guard let name = atom("file_info"), let kind = atom(found.kind),
      let access = atom(found.access), ensure(15 + 13 * 2, live: 0)
    else { return .none }
    let status = found.status
    return build { cursor in
      func integer(_ value: some BinaryInteger) -> Term {
        IntegerArithmetic.makeInteger(Int(truncatingIfNeeded: value), into: &cursor)
      }
      let elements = [
        name, integer(status.st_size), kind, access, integer(status.st_atim.tv_sec),
        integer(status.st_mtim.tv_sec), integer(status.st_ctim.tv_sec), integer(status.st_mode),
        integer(status.st_nlink), integer(status.st_dev), integer(status.st_rdev),
        integer(status.st_ino), integer(status.st_uid), integer(status.st_gid),
      ]
      let tuple = Term.boxed(at: cursor.makeTuple(arity: elements.count))
      for (place, element) in elements.enumerated() { tuple.tupleElements[place] = element }
      return tuple
    }
  }
}
