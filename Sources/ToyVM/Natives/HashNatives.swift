import Tenure

/// Natives of module `erlang` that make numbers of terms and of bytes.
var hashNatives: [Native] {
  md5Natives + [
    Native("erlang", "phash", 2) { interpreter, x in
      guard let range = range(x[1]) else { return interpreter.badArgument() }
      do throws(ScratchExhausted) {
        let hash = LegacyHash(
          atoms: interpreter.atoms, scratch: interpreter.scratch, funs: interpreter.code)
        return .small(1 + Int(try hash.hash(x[0])) % range)
      } catch {
        return interpreter.exhausted(error)
      }
    },
    Native("erlang", "phash2", 1) { interpreter, x in
      portableHash(interpreter, x[0], range: 1 << 27)
    },
    Native("erlang", "phash2", 2) { interpreter, x in
      guard let range = range(x[1]) else { return interpreter.badArgument() }
      return portableHash(interpreter, x[0], range: range)
    },
    Native("erlang", "crc32", 1) { interpreter, x in
      checksum(interpreter, x[0]) { Checksum.crc32($0) }
    },
    Native("erlang", "crc32", 2) { interpreter, x in
      guard let before = sum(x[0]) else { return interpreter.badArgument() }
      return checksum(interpreter, x[1]) { Checksum.crc32($0, previous: before) }
    },
    Native("erlang", "adler32", 1) { interpreter, x in
      checksum(interpreter, x[0]) { Checksum.adler32($0) }
    },
    Native("erlang", "adler32", 2) { interpreter, x in
      guard let before = sum(x[0]) else { return interpreter.badArgument() }
      return checksum(interpreter, x[1]) { Checksum.adler32($0, previous: before) }
    },
  ]
}

/// The range of a hash: 1 to 2^32.
private func range(_ term: Term) -> Int? {
  term.isSmall && 1...1 << 32 ~= term.smallValue ? term.smallValue : nil
}

private func sum(_ term: Term) -> UInt32? {
  term.isSmall ? UInt32(exactly: term.smallValue) : nil
}

private func portableHash(_ interpreter: Interpreter, _ term: Term, range: Int) -> Term {
  do {
    let hash = PortableHash(
      atoms: interpreter.atoms, scratch: interpreter.scratch, funs: interpreter.code)
    return .small(try hash.hash(term, range: range))
  } catch {
    return interpreter.exhausted(error)
  }
}

private func checksum(
  _ interpreter: Interpreter, _ data: Term, _ sum: (UnsafeRawBufferPointer) -> UInt32
) -> Term {
  guard let bytes = interpreter.bytes(ofData: data) else { return .none }
  return .small(Int(bytes.withUnsafeBytes(sum)))
}

// MARK: - MD5

private var md5Natives: [Native] {
  [
    Native("erlang", "md5", 1) { interpreter, x in
      guard let bytes = interpreter.bytes(ofData: x[0]) else { return .none }
      return interpreter.makeBinary(bytes.withUnsafeBytes { MD5.digest(of: $0) }, live: 0)
    },
    Native("erlang", "md5_init", 0) { interpreter, _ in
      interpreter.makeBinary(MD5().context, live: 0)
    },
    Native("erlang", "md5_update", 2) { interpreter, x in
      guard var sum = interpreter.bytes(ofBinary: x[0]).flatMap({ MD5(context: $0) }) else {
        return interpreter.badArgument()
      }
      guard let bytes = interpreter.bytes(ofData: x[1]) else { return .none }
      bytes.withUnsafeBytes { sum.update($0) }
      return interpreter.makeBinary(sum.context, live: 0)
    },
    Native("erlang", "md5_final", 1) { interpreter, x in
      guard var sum = interpreter.bytes(ofBinary: x[0]).flatMap({ MD5(context: $0) }) else {
        return interpreter.badArgument()
      }
      return interpreter.makeBinary(sum.finish(), live: 0)
    },
  ]
}
