import Tenure

/// Natives of module `code`: the machine loads modules itself, there is no server to ask.
var codeNatives: [Native] {
  [
    Native("code", "ensure_loaded", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.badArgument() }
      guard let isThere = load(interpreter, x[0]) else { return .none }
      guard let module = interpreter.atom("module"), let noFile = interpreter.atom("nofile") else {
        return .none
      }
      return interpreter.makeTuple(arity: 2, live: 1) { elements in
        elements[0] = isThere ? module : .error
        elements[1] = isThere ? x[0] : noFile
      }
    },
    Native("code", "ensure_modules_loaded", 1, ensureAll),
    Native("code", "load_binary", 3, loadBinary),
    Native("code", "is_loaded", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.badArgument() }
      guard interpreter.code.isLoaded(x[0]) else { return .false }
      guard let file = interpreter.atom("file") else { return .none }
      let name = Array((interpreter.atoms.name(of: x[0]) + ".beam").unicodeScalars)
      guard interpreter.ensure(3 + 2 * name.count, live: 1) else { return .none }
      return interpreter.build { cursor in
        let list = cursor.makeList(name.map { .small(Int($0.value)) })
        return cursor.makeTuple(file, list)
      }
    },
    Native("code", "lib_dir", 1) { interpreter, x in
      guard let name = applicationName(interpreter, x[0]) else { return interpreter.badArgument() }
      guard let path = directory(ofApplication: name, interpreter) else {
        return interpreter.errorPair("bad_name", live: 0)
      }
      return interpreter.makeList(path.unicodeScalars.map(\.value), live: 0)
    },
    Native("code", "lib_dir", 2) { interpreter, x in
      guard let name = applicationName(interpreter, x[0]), x[1].isAtom else {
        return interpreter.badArgument()
      }
      guard let path = directory(ofApplication: name, interpreter) else {
        return interpreter.errorPair("bad_name", live: 0)
      }
      let inner = path + "/" + interpreter.atoms.name(of: x[1])
      return interpreter.makeList(inner.unicodeScalars.map(\.value), live: 0)
    },
    Native("code", "which", 1) { interpreter, x in
      guard x[0].isAtom else { return interpreter.badArgument() }
      guard let path = interpreter.code.path(ofModule: interpreter.atoms.name(of: x[0])) else {
        return interpreter.atom("non_existing") ?? .none
      }
      return interpreter.makeList(path.unicodeScalars.map(\.value), live: 0)
    },
    Native("code", "get_mode", 0) { interpreter, _ in interpreter.atom("interactive") ?? .none },
  ]
}

/// `load_binary(Module, Filename, Bytes)`: `{module, Module}`, or `{error, badfile}`. Code that runs
/// goes on in the module that was there before.
private func loadBinary(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, let bytes = interpreter.bytes(ofBinary: x[2]) else {
    return interpreter.badArgument()
  }
  // The name is looked at first: nothing is replaced by a file of another module.
  guard let file = try? BeamFile(bytes: bytes), file.module == interpreter.atoms.name(of: x[0])
  else { return interpreter.errorPair("badfile", live: 0) }
  // As Erlang's server of code does it, whatever runs the old code.
  if interpreter.code.isLoaded(x[0]), interpreter.purge(x[0], kills: true) == nil { return .none }
  guard (try? interpreter.code.load(bytes)) != nil else {
    return interpreter.errorPair("badfile", live: 0)
  }
  return loaded(interpreter, x)
}

/// `load_module(Module, Bytes)`: as above, but nothing is purged for it.
func loadModule(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, let bytes = interpreter.bytes(ofBinary: x[1]) else {
    return interpreter.badArgument()
  }
  guard let file = try? BeamFile(bytes: bytes), file.module == interpreter.atoms.name(of: x[0])
  else { return interpreter.errorPair("badfile", live: 0) }
  do throws(LoadError) {
    _ = try interpreter.code.load(bytes)
  } catch .notPurged {
    return interpreter.errorPair("not_purged", live: 0)
  } catch {
    return interpreter.errorPair("badfile", live: 0)
  }
  return loaded(interpreter, x)
}

/// `{module, Module}` of the name in x0.
private func loaded(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let module = interpreter.atom("module") else { return .none }
  return interpreter.makeTuple(arity: 2, live: 1) { elements in
    elements[0] = module
    elements[1] = x[0]
  }
}

/// The name of an application: an atom, or a list of characters.
private func applicationName(_ interpreter: Interpreter, _ term: Term) -> String? {
  if term.isAtom { return interpreter.atoms.name(of: term) }
  return interpreter.bytes(ofList: term).map { String(decoding: $0, as: UTF8.self) }
}

/// The directory `NAME` or `NAME-VERSION` of an application, above one that modules are looked for in.
private func directory(ofApplication name: String, _ interpreter: Interpreter) -> String? {
  for directory in interpreter.code.directories {
    let parts = directory.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[parts.count - 1] == "ebin" else { continue }
    let folder = parts[parts.count - 2]
    if folder == name || folder.hasPrefix(name + "-") {
      return parts.dropLast().joined(separator: "/")
    }
  }
  return nil
}

/// Loads a module where it is not loaded; says whether it is there then. Nothing after a damaged
/// file, which ends the run.
private func load(_ interpreter: Interpreter, _ module: Term) -> Bool? {
  do {
    return try interpreter.code.ensureLoaded(module)
  } catch {
    interpreter.loadFailure = error
    return nil
  }
}

/// `ok`, or `{error, [{Module, nofile}]}`.
private func ensureAll(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  var missing: [Term] = []
  var rest = x[0]
  while rest.isCons {
    guard rest.cons[0].isAtom else { return interpreter.badArgument() }
    guard let isThere = load(interpreter, rest.cons[0]) else { return .none }
    if !isThere { missing.append(rest.cons[0]) }
    rest = rest.cons[1]
  }
  guard rest.isNil else { return interpreter.badArgument() }
  if missing.isEmpty { return interpreter.atom("ok") ?? .none }
  guard let noFile = interpreter.atom("nofile"),
    interpreter.ensure(3 + 5 * missing.count, live: 0)
  else { return .none }
  return interpreter.build { cursor in
    var list = Term.nil
    for module in missing.reversed() {
      list = cursor.makeCons(cursor.makeTuple(module, noFile), list)
    }
    return cursor.makeTuple(.error, list)
  }
}
