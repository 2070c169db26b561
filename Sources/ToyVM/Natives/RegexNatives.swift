import Tenure

/// Natives of module `re`. Matches of a whole text, replacing and splitting are that module's own.
///
/// A compiled pattern is `{re_pattern, Groups, IsUnicode, UsesCRLF, Binary}` as in ERTS; the binary has
/// the pattern and its options, and is compiled again where it is not kept.
var regexNatives: [Native] {
  [
    // The engine's own name: what other ones compiled is not for it.
    Native("re", "version", 0) { interpreter, _ in
      interpreter.makeBinary(Array("tenure 1".utf8), live: 0)
    },
    Native("re", "compile", 1) { interpreter, x in compile(interpreter, x, options: .nil) },
    Native("re", "compile", 2) { interpreter, x in compile(interpreter, x, options: x[1]) },
    Native("re", "run", 2) { interpreter, x in run(interpreter, x, arity: 2) },
    Native("re", "run", 3) { interpreter, x in run(interpreter, x, arity: 3) },
    Native("re", "internal_run", 4) { interpreter, x in
      run(interpreter, x, arity: 4, isFirst: x[3] == .true)
    },
    Native("re", "inspect", 2, inspect),
  ]
}

/// Compiled patterns that are kept.
struct RegexCache {
  private struct Key: Hashable {
    let pattern: [UInt8]
    let settings: RegexSettings
  }

  private var programs: [Key: RegexProgram] = [:]
  private static let mostPrograms = 100

  mutating func program(_ pattern: [UInt8], _ settings: RegexSettings) throws(RegexError)
    -> RegexProgram
  {
    let key = Key(pattern: pattern, settings: settings)
    if let program = programs[key] { return program }
    let program = try RegexProgram(pattern, settings)
    if programs.count >= Self.mostPrograms { programs.removeAll() }
    programs[key] = program
    return program
  }
}

// MARK: - Compiling

private func compile(_ interpreter: Interpreter, _ x: Arguments, options: Term) -> Term {
  guard let arguments = RegexArguments(options, interpreter), !arguments.isForMatch else {
    return interpreter.badArgument()
  }
  let isUnicode = arguments.settings.options.contains(.unicode)
  guard let pattern = interpreter.regexText(x[0], isUnicode: isUnicode) else { return .none }
  do throws(RegexError) {
    if isUnicode, let place = RegexText.firstInvalid(pattern) {
      throw RegexError(message: "invalid UTF-8 string", offset: place)
    }
    let program = try interpreter.regexes.program(pattern, arguments.settings)
    return interpreter.makePattern(program, pattern, arguments.settings, wrap: true, live: 0)
  } catch {
    return interpreter.makeError(error, isReport: false)
  }
}

extension Interpreter {
  /// The bytes of a pattern or a subject; nothing after an exception was made pending.
  fileprivate func regexText(_ term: Term, isUnicode: Bool) -> [UInt8]? {
    guard isUnicode && !term.isBinary else { return bytes(ofData: term) }
    do {
      if let bytes = try utf8Bytes(ofCharacters: term, isLatin1: false) { return bytes }
      _ = badArgument()
    } catch {
      _ = exhausted(error)
    }
    return nil
  }

  /// `{error, {Message, Place}}`, or within `{compile, _}` for a match that reports errors.
  fileprivate func makeError(_ error: RegexError, isReport: Bool) -> Term {
    let message = Array(error.message.utf8)
    guard let compile = atom("compile"), ensure(2 * message.count + 9, live: 0) else {
      return .none
    }
    return build { cursor in
      let text = cursor.makeList(message.map { .small(Int($0)) })
      var reason = cursor.makeTuple(text, .small(error.offset))
      if isReport { reason = cursor.makeTuple(compile, reason) }
      return cursor.makeTuple(.error, reason)
    }
  }

  /// Builds a compiled pattern, as `{ok, Pattern}` if it is to be wrapped.
  fileprivate func makePattern(
    _ program: RegexProgram, _ pattern: [UInt8], _ settings: RegexSettings, wrap: Bool, live: Int
  ) -> Term {
    let packed = makeBinary(PackedRegex.pack(pattern, settings), live: live)
    guard !packed.isNone, let name = atom("re_pattern") else { return .none }
    kept[0] = packed
    defer { kept[0] = .nil }
    guard ensure(6 + 3, live: live) else { return .none }
    let usesCRLF = [.crlf, .anyCRLF, .any].contains(program.settings.newline)
    return build { cursor in
      let tuple = cursor.makeTuple(
        name, .small(program.groupCount), .small(settings.options.contains(.unicode) ? 1 : 0),
        .small(usesCRLF ? 1 : 0), kept[0])
      return wrap ? cursor.makeTuple(.ok, tuple) : tuple
    }
  }

  /// The program of a compiled pattern; nothing where the term is none.
  fileprivate func program(ofPattern term: Term) -> RegexProgram? {
    guard term.isTuple(arity: 5), isAtom(term.tupleElements[0], "re_pattern"),
      let bytes = bytes(ofBinary: term.tupleElements[4]),
      let (pattern, settings) = PackedRegex.unpack(bytes)
    else { return nil }
    return try? regexes.program(pattern, settings)
  }
}

/// What the binary of a compiled pattern holds.
///
/// ```
///   | 'T' 'R' 'e' 1 | options, 4 bytes, the lowest first | newline | \R | pattern ...
/// ```
private enum PackedRegex {
  private static let mark: [UInt8] = [0x54, 0x52, 0x65, 1]
  private static let headCount = 10

  static func pack(_ pattern: [UInt8], _ settings: RegexSettings) -> [UInt8] {
    let options = UInt32(settings.options.rawValue)
    return mark + (0..<4).map { UInt8(truncatingIfNeeded: options >> (8 * UInt32($0))) }
      + [UInt8(settings.newline.rawValue), settings.breaksAreCRLF ? 1 : 0] + pattern
  }

  static func unpack(_ bytes: [UInt8]) -> (pattern: [UInt8], settings: RegexSettings)? {
    guard bytes.count >= headCount, bytes.starts(with: mark),
      let newline = RegexNewline(rawValue: Int(bytes[8]))
    else { return nil }
    let options = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
    return (
      Array(bytes[headCount...]),
      RegexSettings(
        options: RegexOptions(rawValue: options), newline: newline, breaksAreCRLF: bytes[9] == 1)
    )
  }
}

/// `{namelist, Names}`.
private func inspect(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let program = interpreter.program(ofPattern: x[0]), interpreter.isAtom(x[1], "namelist")
  else { return interpreter.badArgument() }
  let names = program.uniqueNames
  guard let item = interpreter.atom("namelist"),
    interpreter.ensure(3 + names.count * (2 + WordCursor.mostWordsOfPart), live: 0)
  else { return .none }
  var list = Term.nil
  for name in names.reversed() {
    // Names are short, so each stands on the heap.
    let binary = interpreter.makeBinaryWithin(Array(name.utf8))
    list = interpreter.build { $0.makeCons(binary, list) }
  }
  return interpreter.build { $0.makeTuple(item, list) }
}

// MARK: - Matching

/// Matches the subject in x0 against the pattern in x1.
private func run(
  _ interpreter: Interpreter, _ x: Arguments, arity: Int, isFirst: Bool = true
) -> Term {
  guard let arguments = RegexArguments(arity > 2 ? x[2] : .nil, interpreter) else {
    return interpreter.badArgument()
  }
  let program: RegexProgram
  if x[1].isTuple {
    guard !arguments.isForCompilation, let compiled = interpreter.program(ofPattern: x[1]) else {
      return interpreter.badArgument()
    }
    program = compiled
    if arguments.isGlobal { return runGlobally(interpreter, x, compiled: nil) }
  } else {
    let isUnicode = arguments.settings.options.contains(.unicode)
    guard let pattern = interpreter.regexText(x[1], isUnicode: isUnicode) else { return .none }
    do throws(RegexError) {
      if isUnicode, let place = RegexText.firstInvalid(pattern) {
        throw RegexError(message: "invalid UTF-8 string", offset: place)
      }
      program = try interpreter.regexes.program(pattern, arguments.settings)
    } catch {
      return arguments.reportsErrors
        ? interpreter.makeError(error, isReport: true) : interpreter.badArgument()
    }
    if arguments.isGlobal {
      let compiled = interpreter.makePattern(
        program, pattern, arguments.settings, wrap: false, live: arity)
      return compiled.isNone ? .none : runGlobally(interpreter, x, compiled: compiled)
    }
  }
  guard let selection = RegexSelection(arguments.capture, program, interpreter) else {
    return interpreter.badArgument()
  }
  var text: [UInt8]?
  if !x[0].isBinary {
    guard let bytes = interpreter.regexText(x[0], isUnicode: program.isUnicode) else {
      return .none
    }
    text = bytes
  }
  let found: RegexFind
  if let text {
    found = text.withUnsafeBytes { search(program, $0, arguments, isFirst: isFirst) }
  } else {
    found = interpreter.withBytes(of: x[0]) { search(program, $0, arguments, isFirst: isFirst) }
  }
  interpreter.useUp(steps: found.steps / 16)
  switch found.outcome {
  case .badArgument: return interpreter.badArgument()
  case .noMatch: return interpreter.atom("nomatch") ?? .none
  case .limit(let limit):
    guard arguments.reportsErrors else { return interpreter.atom("nomatch") ?? .none }
    return interpreter.errorPair(
      limit == .steps ? "match_limit" : "match_limit_recursion", live: 0)
  case .match(let slots):
    return RegexResult(slots: slots, selection: selection, text: text, isUnicode: program.isUnicode)
      .term(interpreter, x)
  }
}

/// Has the module's own code find all matches: of the pattern in x1, or of what it was compiled to.
/// Options that say so stand in x2.
private func runGlobally(_ interpreter: Interpreter, _ x: Arguments, compiled: Term?) -> Term {
  interpreter.kept[0] = compiled ?? .nil
  defer { interpreter.kept[0] = .nil }
  guard let module = interpreter.atom("re"), let function = interpreter.atom("grun"),
    interpreter.ensure(4, live: 3)
  else { return .none }
  let entry = interpreter.code.export(FunctionName(module: module, function: function, arity: 3))
  guard (try? interpreter.code.resolve(entry)) == true else { return interpreter.badArgument() }
  let isCompiledHere = compiled != nil
  x[2] = interpreter.build { cursor in
    isCompiledHere ? cursor.makeTuple(x[2], .true, x[1]) : cursor.makeTuple(x[2], .false)
  }
  if isCompiledHere { x[1] = interpreter.kept[0] }
  interpreter.trap = entry
  return .none
}

/// How a search ended, and what it took.
private struct RegexFind {
  enum Outcome {
    case match([Int]), noMatch, limit(RegexLimit), badArgument
  }

  var outcome: Outcome
  var steps = 0
}

private func search(
  _ program: RegexProgram, _ bytes: UnsafeRawBufferPointer, _ arguments: RegexArguments,
  isFirst: Bool
) -> RegexFind {
  let text = bytes.bindMemory(to: UInt8.self)
  guard arguments.offset <= text.count else { return RegexFind(outcome: .badArgument) }
  if program.isUnicode {
    // What was looked at once needs no second look.
    if isFirst, UTF8Decoding.countCodePoints(bytes) == nil {
      return RegexFind(outcome: .badArgument)
    }
    if arguments.offset < text.count, text[arguments.offset] & 0xC0 == 0x80 {
      return RegexFind(outcome: .badArgument)
    }
  }
  var matcher = RegexMatcher(
    program, text, from: arguments.offset, arguments.match, newline: arguments.newline,
    breaksAreCRLF: arguments.breaksAreCRLF, stepLimit: arguments.stepLimit,
    frameLimit: arguments.depthLimit)
  let outcome: RegexFind.Outcome
  do {
    outcome = try matcher.search().map { .match($0) } ?? .noMatch
  } catch {
    outcome = .limit(error)
  }
  return RegexFind(outcome: outcome, steps: matcher.steps)
}
