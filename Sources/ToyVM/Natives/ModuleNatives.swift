import Tenure

/// Natives of module `erlang` that tell of loaded modules.
var moduleNatives: [Native] {
  [
    Native("erlang", "get_module_info", 1, moduleInfo),
    Native("erlang", "get_module_info", 2, moduleInfoItem),
    Native("erts_internal", "beamfile_chunk", 2) { interpreter, x in
      guard let file = interpreter.bytes(ofBinary: x[0]),
        let name = interpreter.bytes(ofList: x[1]), name.count == 4
      else { return interpreter.badArgument() }
      let chunks = try? BeamFile.chunks(of: file)
      guard let range = chunks?[String(decoding: name, as: UTF8.self)] else { return .undefined }
      return interpreter.makeBinary(Array(file[range]), live: 0)
    },
  ]
}

/// The items of `get_module_info/1`, in its order.
private let listedItems = ["module", "exports", "attributes", "compile", "md5"]

private func moduleInfo(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, interpreter.code.isLoaded(x[0]) else { return interpreter.badArgument() }
  interpreter.kept[0] = .nil
  defer { interpreter.kept[0] = .nil }
  for item in listedItems.reversed() {
    guard let atom = interpreter.atom(item) else { return .none }
    x[1] = value(interpreter, x, item) ?? .nil
    guard !x[1].isNone, interpreter.ensure(5, live: 2) else { return .none }
    interpreter.kept[0] = interpreter.build { cursor in
      cursor.makeCons(cursor.makeTuple(atom, x[1]), interpreter.kept[0])
    }
  }
  return interpreter.kept[0]
}

private func moduleInfoItem(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, x[1].isAtom, interpreter.code.isLoaded(x[0]) else {
    return interpreter.badArgument()
  }
  return value(interpreter, x, interpreter.atoms.name(of: x[1])) ?? interpreter.badArgument()
}

/// The value of an item of the module in x0: nothing where there is no such item, no value after
/// an exception was made pending.
private func value(_ interpreter: Interpreter, _ x: Arguments, _ item: String) -> Term? {
  switch item {
  case "module": return x[0]
  case "exports": return functions(interpreter, x[0]) { isExported(interpreter, $0) }
  case "functions": return functions(interpreter, x[0]) { _ in true }
  case "attributes": return decoded(interpreter, x[0], \.attributes)
  case "compile": return decoded(interpreter, x[0], \.compileInfo)
  case "md5":
    return interpreter.makeBinary(
      interpreter.code.information(of: x[0])?.digest ?? [], live: 1)
  case "nifs": return .nil
  case "native": return .false
  default: return nil
  }
}

/// A list that a module's file has in the external term format; empty where it has none.
private func decoded(
  _ interpreter: Interpreter, _ module: Term, _ part: KeyPath<ModuleInformation, [UInt8]>
) -> Term {
  guard let bytes = interpreter.code.information(of: module)?[keyPath: part], !bytes.isEmpty else {
    return .nil
  }
  return interpreter.decodeExternal(bytes, live: 1)
}

private func isExported(_ interpreter: Interpreter, _ name: FunctionName) -> Bool {
  interpreter.code.export(name).pointee.address != nil
}

/// The list of `{Function, Arity}` of a module's functions that satisfy a condition.
private func functions(
  _ interpreter: Interpreter, _ module: Term, where isWanted: (FunctionName) -> Bool
) -> Term {
  let names = (interpreter.code.functions(of: module) ?? []).map(\.name).filter(isWanted)
  guard interpreter.ensure(5 * names.count, live: 1) else { return .none }
  return interpreter.build { cursor in
    var list = Term.nil
    for name in names.reversed() {
      list = cursor.makeCons(cursor.makeTuple(name.function, .small(name.arity)), list)
    }
    return list
  }
}
