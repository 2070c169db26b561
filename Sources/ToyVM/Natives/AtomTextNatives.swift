import Tenure

/// Natives of module `erlang` between atoms and their names.
var atomTextNatives: [Native] {
  [
    Native("erlang", "atom_to_list", 1, atomToList),
    Native("erlang", "list_to_atom", 1) { interpreter, x in
      listToAtom(interpreter, x[0], mustExist: false)
    },
    Native("erlang", "list_to_existing_atom", 1) { interpreter, x in
      listToAtom(interpreter, x[0], mustExist: true)
    },
    Native("erlang", "atom_to_binary", 1) { interpreter, x in
      atomToBinary(interpreter, x[0], .utf8)
    },
    Native("erlang", "atom_to_binary", 2) { interpreter, x in
      atomToBinary(interpreter, x[0], Encoding(x[1], interpreter.atoms))
    },
    Native("erlang", "binary_to_atom", 1) { interpreter, x in
      binaryToAtom(interpreter, x[0], .utf8, mustExist: false)
    },
    Native("erlang", "binary_to_atom", 2) { interpreter, x in
      binaryToAtom(interpreter, x[0], Encoding(x[1], interpreter.atoms), mustExist: false)
    },
    Native("erlang", "binary_to_existing_atom", 1) { interpreter, x in
      binaryToAtom(interpreter, x[0], .utf8, mustExist: true)
    },
    Native("erlang", "binary_to_existing_atom", 2) { interpreter, x in
      binaryToAtom(interpreter, x[0], Encoding(x[1], interpreter.atoms), mustExist: true)
    },
  ]
}

/// How a binary writes a name.
private enum Encoding {
  case utf8, latin1

  init?(_ term: Term, _ atoms: AtomTable) {
    guard term.isAtom else { return nil }
    switch atoms.name(of: term) {
    case "utf8", "unicode": self = .utf8
    case "latin1": self = .latin1
    default: return nil
    }
  }
}

private func atomToList(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom else { return interpreter.badArgument() }
  let characters = interpreter.atoms.name(of: x[0]).unicodeScalars.map(\.value)
  return interpreter.makeList(characters, live: 0)
}

private func atomToBinary(
  _ interpreter: Interpreter, _ atom: Term, _ encoding: Encoding?
) -> Term {
  guard atom.isAtom, let encoding else { return interpreter.badArgument() }
  if encoding == .utf8 {
    return interpreter.makeBinary(interpreter.atoms.withName(of: atom, Array.init), live: 0)
  }
  let characters = interpreter.atoms.name(of: atom).unicodeScalars
  guard characters.allSatisfy({ $0.value <= 0xFF }) else { return interpreter.badArgument() }
  return interpreter.makeBinary(characters.map { UInt8($0.value) }, live: 0)
}

private func listToAtom(_ interpreter: Interpreter, _ list: Term, mustExist: Bool) -> Term {
  var name: [UInt8] = []
  var count = 0
  var rest = list
  while rest.isCons {
    // The first too many decides, whatever follows.
    if count == AtomTable.maximumCharacters { return tooLong(interpreter, mustExist) }
    let head = rest.cons[0]
    guard head.isSmall, let value = UInt32(exactly: head.smallValue),
      let character = Unicode.Scalar(value)
    else { return interpreter.badArgument() }
    name.append(contentsOf: UTF8.encode(character).map(Array.init) ?? [])
    count += 1
    rest = rest.cons[1]
  }
  guard rest.isNil else { return interpreter.badArgument() }
  return atom(interpreter, name, mustExist: mustExist)
}

private func tooLong(_ interpreter: Interpreter, _ mustExist: Bool) -> Term {
  mustExist ? interpreter.badArgument() : interpreter.systemLimit()
}

private func atom(_ interpreter: Interpreter, _ name: [UInt8], mustExist: Bool) -> Term {
  name.withUnsafeBytes { name in
    if mustExist { return interpreter.atoms.existing(utf8: name) ?? interpreter.badArgument() }
    return interpreter.atom(utf8: name) ?? .none
  }
}

private func binaryToAtom(
  _ interpreter: Interpreter, _ binary: Term, _ encoding: Encoding?, mustExist: Bool
) -> Term {
  guard let bytes = interpreter.bytes(ofBinary: binary), let encoding else {
    return interpreter.badArgument()
  }
  switch encoding {
  case .utf8: return atom(interpreter, bytes, mustExist: mustExist)
  case .latin1:
    let name = String(String.UnicodeScalarView(bytes.lazy.map(Unicode.Scalar.init)))
    return atom(interpreter, Array(name.utf8), mustExist: mustExist)
  }
}
