import Tenure

/// Natives of module `prim_file` between names of files and what the system calls them: bytes in
/// UTF-8 with a zero behind.
var fileNameNatives: [Native] {
  [
    Native("prim_file", "internal_name2native", 1) { interpreter, x in
      guard let name = interpreter.nativeName(x[0]) else { return interpreter.badArgument() }
      return interpreter.makeBinary(name + [0], live: 0)
    },
    Native("prim_file", "internal_native2name", 1) { interpreter, x in
      guard let bytes = interpreter.bytes(ofBinary: x[0]) else { return interpreter.badArgument() }
      guard let characters = utf8Characters(bytes) else {
        return interpreter.errorPair("warning", live: 0)
      }
      return interpreter.makeList(characters, live: 0)
    },
    Native("prim_file", "internal_normalize_utf8", 1) { interpreter, x in
      guard let bytes = interpreter.bytes(ofBinary: x[0]), let characters = utf8Characters(bytes)
      else { return interpreter.badArgument() }
      return interpreter.makeList(characters, live: 0)
    },
    Native("prim_file", "is_translatable", 1) { interpreter, x in
      guard let bytes = interpreter.bytes(ofBinary: x[0]) else { return interpreter.badArgument() }
      return .boolean(utf8Characters(bytes) != nil)
    },
  ]
}

/// The code points of bytes in UTF-8, nothing where they are something else.
private func utf8Characters(_ bytes: [UInt8]) -> [UInt32]? {
  bytes.withUnsafeBytes { bytes in
    var characters: [UInt32] = []
    var place = 0
    while place < bytes.count {
      guard let (value, count) = UTF8Decoding.decode(bytes, at: place) else { return nil }
      characters.append(value)
      place += count
    }
    return characters
  }
}

extension Interpreter {
  /// The bytes of a name: those of a binary as they are, those of a list of lists of code points in
  /// UTF-8. Nothing where it is neither, or has a zero.
  fileprivate func nativeName(_ term: Term) -> [UInt8]? {
    let name: [UInt8]?
    if term.isBinary {
      name = bytes(ofBinary: term)
    } else {
      name = characters(ofName: term).flatMap { text in
        text.allSatisfy { $0.value != 0 } ? Array(String(text).utf8) : nil
      }
    }
    guard let name, !name.contains(0) else { return nil }
    return name
  }

  private func characters(ofName list: Term) -> String.UnicodeScalarView? {
    var text = String.UnicodeScalarView()
    var outer: [Term] = []
    var rest = list
    while true {
      guard rest.isCons else {
        guard rest.isNil else { return nil }
        guard let next = outer.popLast() else { return text }
        rest = next
        continue
      }
      let (head, tail) = (rest.cons[0], rest.cons[1])
      rest = tail
      if head.isList {
        outer.append(tail)
        rest = head
      } else {
        guard head.isSmall, let value = UInt32(exactly: head.smallValue),
          let scalar = Unicode.Scalar(value)
        else { return nil }
        text.append(scalar)
      }
    }
  }
}
