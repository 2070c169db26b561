import Tenure

/// Natives of module `erlang` for the external term format.
var externalNatives: [Native] {
  [
    Native("erlang", "term_to_binary", 1) { interpreter, x in
      encode(interpreter, x, ExternalEncodingOptions())
    },
    Native("erlang", "term_to_binary", 2) { interpreter, x in
      withOptions(interpreter, x) { encode(interpreter, x, $0) }
    },
    Native("erlang", "term_to_iovec", 1) { interpreter, x in
      vector(interpreter, x, encode(interpreter, x, ExternalEncodingOptions()))
    },
    Native("erlang", "external_size", 1) { interpreter, x in
      size(interpreter, x, ExternalEncodingOptions())
    },
    Native("erlang", "external_size", 2) { interpreter, x in
      withOptions(interpreter, x) { size(interpreter, x, $0) }
    },
    Native("erlang", "binary_to_term", 1) { interpreter, x in
      decode(interpreter, x, isSafe: false, tellsUsed: false)
    },
    Native("erlang", "binary_to_term", 2) { interpreter, x in
      var (isSafe, tellsUsed) = (false, false)
      var rest = x[1]
      while rest.isCons {
        guard rest.cons[0].isAtom else { return interpreter.badArgument() }
        switch interpreter.atoms.name(of: rest.cons[0]) {
        case "safe": isSafe = true
        case "used": tellsUsed = true
        default: return interpreter.badArgument()
        }
        rest = rest.cons[1]
      }
      guard rest.isNil else { return interpreter.badArgument() }
      return decode(interpreter, x, isSafe: isSafe, tellsUsed: tellsUsed)
    },
  ]
}

// MARK: - Encoding

/// Does something with the options in x1, if they are such.
private func withOptions(
  _ interpreter: Interpreter, _ x: Arguments, _ body: (ExternalEncodingOptions) -> Term
) -> Term {
  guard let options = encodingOptions(x[1], interpreter) else {
    return interpreter.badArgument()
  }
  return body(options)
}

private func encodingOptions(
  _ list: Term, _ interpreter: Interpreter
) -> ExternalEncodingOptions? {
  var options = ExternalEncodingOptions()
  var rest = list
  while rest.isCons {
    let option = rest.cons[0]
    let name = option.isTuple(arity: 2) ? option.tupleElements[0] : option
    guard name.isAtom else { return nil }
    let value = option.isTuple(arity: 2) ? option.tupleElements[1] : nil
    switch (interpreter.atoms.name(of: name), value) {
    case ("compressed", nil):
      options.compressionLevel = ExternalEncodingOptions.defaultCompressionLevel
    case ("deterministic", nil): options.isDeterministic = true
    case ("compressed", let level?) where level.isSmall && 0...9 ~= level.smallValue:
      options.compressionLevel = level.smallValue
    case ("minor_version", let version?) where version.isSmall:
      guard let version = ExternalEncodingOptions.MinorVersion(rawValue: version.smallValue) else {
        return nil
      }
      options.minorVersion = version
    default: return nil
    }
    rest = rest.cons[1]
  }
  return rest.isNil ? options : nil
}

private func encode(
  _ interpreter: Interpreter, _ x: Arguments, _ options: ExternalEncodingOptions
) -> Term {
  let encoder = ExternalEncoder(
    atoms: interpreter.atoms, scratch: interpreter.scratch, funs: interpreter.code,
    options: options)
  do {
    if options.compressionLevel > 0 {
      return interpreter.makeBinary(try encoder.encode(x[0]), live: 1)
    }
    let encoded = try encoder.encoded(x[0])
    // The term stays in x0, so its binaries live; none that is linked moves.
    return interpreter.makeBinary(byteCount: encoded.byteCount, live: 1) { encoded.copy(to: $0) }
  } catch {
    return fail(interpreter, error)
  }
}

private func size(
  _ interpreter: Interpreter, _ x: Arguments, _ options: ExternalEncodingOptions
) -> Term {
  let encoder = ExternalEncoder(
    atoms: interpreter.atoms, scratch: interpreter.scratch, funs: interpreter.code,
    options: options)
  do {
    return .small(try encoder.byteCount(of: x[0]))
  } catch {
    return fail(interpreter, error)
  }
}

private func fail(_ interpreter: Interpreter, _ error: ExternalEncodeError) -> Term {
  if case .scratch(let error) = error { return interpreter.exhausted(error) }
  return interpreter.badArgument()
}

private func vector(_ interpreter: Interpreter, _ x: Arguments, _ binary: Term) -> Term {
  if binary.isNone { return .none }
  x[0] = binary
  guard interpreter.ensure(2, live: 1) else { return .none }
  return interpreter.build { $0.makeCons(x[0], .nil) }
}

// MARK: - Decoding

/// Builds the term that the binary in x0 holds.
private func decode(
  _ interpreter: Interpreter, _ x: Arguments, isSafe: Bool, tellsUsed: Bool
) -> Term {
  // A copy: the bytes may move when room is made.
  guard let bytes = interpreter.bytes(ofBinary: x[0]) else { return interpreter.badArgument() }
  return interpreter.decodeExternal(bytes, live: 1, isSafe: isSafe, tellsUsed: tellsUsed)
}

extension Interpreter {
  /// Builds the term that bytes hold in the external term format; `badarg` where they hold none.
  /// - Parameters:
  ///   - live: the X registers that hold terms.
  ///   - isSafe: whether atoms must be there already.
  ///   - tellsUsed: whether the result is `{Term, BytesUsed}`.
  func decodeExternal(
    _ bytes: [UInt8], live: Int, isSafe: Bool = false, tellsUsed: Bool = false
  ) -> Term {
    let decoder = ExternalDecoder(
      atoms: atoms, scratch: scratch, funs: code, naming: code,
      binaries: system.heaps.binaries, isSafe: isSafe)
    do throws(ExternalFormatError) {
      return try bytes.withUnsafeBytes { (bytes) -> Result<Term, ExternalFormatError> in
        Result { () throws(ExternalFormatError) in
          let (words, used) = try decoder.measure(bytes)
          guard ensure(words + 3, live: live) else { return .none }
          return try process.heap.buildLinked { cursor, list throws(ExternalFormatError) in
            let term = try decoder.decode(bytes, into: &cursor, list: &list)
            return tellsUsed ? cursor.makeTuple(term, .small(used)) : term
          }
        }
      }.get()
    } catch {
      switch error.reason {
      case .scratch(let error): return exhausted(error)
      case .binary: return systemLimit()
      default: return badArgument()
      }
    }
  }
}
