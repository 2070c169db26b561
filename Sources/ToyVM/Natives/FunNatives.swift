import Tenure

/// Natives of module `erlang` that tell of funs and functions.
var funNatives: [Native] {
  [
    Native("erlang", "fun_info", 2, funInfo),
    Native("erlang", "fun_info_mfa", 1, functionOfFun),
    Native("erlang", "make_fun", 3, makeFun),
    Native("erlang", "function_exported", 3, functionExported),
  ]
}

/// The most arguments of a function.
private let largestArity = 255

/// The function name that three terms make.
private func functionName(_ x: Arguments) -> FunctionName? {
  guard x[0].isAtom, x[1].isAtom, x[2].isSmall, 0...largestArity ~= x[2].smallValue else {
    return nil
  }
  return FunctionName(module: x[0], function: x[1], arity: x[2].smallValue)
}

private func makeFun(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let name = functionName(x) else { return interpreter.badArgument() }
  guard interpreter.ensure(Fun.words(free: 0), live: 3) else { return .none }
  let entry = UInt(bitPattern: interpreter.code.export(name))
  return interpreter.build { cursor in
    cursor.makeFun(entry: entry, arity: name.arity, free: 0, creator: .nil, isExternal: true)
  }
}

/// `{Module, Function, Arity}` of a fun, with the arity of its calls.
private func functionOfFun(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isFun else { return interpreter.badArgument() }
  guard interpreter.ensure(4, live: 1) else { return .none }
  let entry = Fun.entry(at: x[0].boxed)
  let arity = Term.small(Fun.arity(at: x[0].boxed))
  return interpreter.build { cursor in
    if Fun.isExternal(at: x[0].boxed) {
      let export = UnsafePointer<ExportEntry>(bitPattern: entry).unsafelyUnwrapped
      return cursor.makeTuple(export.pointee.name.module, export.pointee.name.function, arity)
    }
    let lambda = UnsafePointer<LambdaEntry>(bitPattern: entry).unsafelyUnwrapped
    return cursor.makeTuple(lambda.pointee.module, lambda.pointee.function, arity)
  }
}

private func functionExported(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom, x[1].isAtom, x[2].isInteger else { return interpreter.badArgument() }
  guard let name = functionName(x) else { return .false }
  if interpreter.code.natives.place(of: name) != nil { return .true }
  guard interpreter.code.isLoaded(name.module) else { return .false }
  return .boolean(interpreter.code.export(name).pointee.address != nil)
}

/// `fun_info(Fun, Item)`: `{Item, Value}`.
private func funInfo(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isFun, x[1].isAtom else { return interpreter.badArgument() }
  let item = interpreter.atoms.name(of: x[1])
  if item == "type" { return typeInfo(interpreter, x) }
  let isExternal = Fun.isExternal(at: x[0].boxed)
  let value: Term
  if item == "env" && !isExternal {
    value = environment(interpreter, x)
    if value.isNone { return .none }
  } else if item == "new_uniq" && !isExternal {
    value = moduleDigest(interpreter, x[0])
    if value.isNone { return .none }
  } else {
    let found = isExternal ? externalInfo(x[0], item) : localInfo(x[0], item)
    guard let found else { return interpreter.badArgument() }
    value = found
  }
  interpreter.kept[0] = value
  defer { interpreter.kept[0] = .nil }
  return interpreter.makeTuple(arity: 2, live: 2) { elements in
    elements[0] = x[1]
    elements[1] = interpreter.kept[0]
  }
}

/// `{type, local}` or `{type, external}`.
private func typeInfo(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let name = Fun.isExternal(at: x[0].boxed) ? "external" : "local"
  guard let type = interpreter.atom(name) else { return .none }
  return interpreter.makeTuple(arity: 2, live: 2) { elements in
    elements[0] = x[1]
    elements[1] = type
  }
}

/// The MD5 sum of the module that a local fun is of.
private func moduleDigest(_ interpreter: Interpreter, _ fun: Term) -> Term {
  let entry = UnsafePointer<LambdaEntry>(bitPattern: Fun.entry(at: fun.boxed)).unsafelyUnwrapped
  let digest = entry.pointee.moduleDigest
  let bytes = [digest.upper, digest.lower].flatMap { half in
    withUnsafeBytes(of: half.bigEndian) { Array($0) }
  }
  return interpreter.makeBinary(bytes, live: 2)
}

/// The list of a local fun's free variables.
private func environment(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let count = Fun.freeCount(at: x[0].boxed)
  guard interpreter.ensure(2 * count, live: 2) else { return .none }
  return interpreter.build { cursor in
    var list = Term.nil
    for index in stride(from: count, to: 0, by: -1) {
      list = cursor.makeCons(Term(bits: Fun.terms(at: x[0].boxed)[index]), list)
    }
    return list
  }
}

private func localInfo(_ fun: Term, _ item: String) -> Term? {
  guard let entry = UnsafePointer<LambdaEntry>(bitPattern: Fun.entry(at: fun.boxed)) else {
    return nil
  }
  switch item {
  case "module": return entry.pointee.module
  case "name": return entry.pointee.function
  case "arity": return .small(entry.pointee.arity)
  case "index", "new_index": return .small(entry.pointee.index)
  case "uniq": return .small(entry.pointee.unique)
  case "pid": return Term(bits: Fun.terms(at: fun.boxed)[0])
  default: return nil
  }
}

private func externalInfo(_ fun: Term, _ item: String) -> Term? {
  guard let entry = UnsafePointer<ExportEntry>(bitPattern: Fun.entry(at: fun.boxed)) else {
    return nil
  }
  let name = entry.pointee.name
  switch item {
  case "module": return name.module
  case "name": return name.function
  case "arity": return .small(name.arity)
  case "env": return .nil
  case "index", "new_index", "uniq", "new_uniq", "pid": return .undefined
  default: return nil
  }
}
