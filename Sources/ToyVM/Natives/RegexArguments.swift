import Tenure

/// The options of `re:compile/2` and `re:run/3`, read from a list.
struct RegexArguments {
  /// What groups are told, and as what.
  struct Capture {
    var groups: Term
    var form: Term
  }

  var settings = RegexSettings()
  var match: RegexMatchOptions = []
  /// Options that the list says for a match, though the pattern was compiled before.
  var newline: RegexNewline?
  var breaksAreCRLF: Bool?
  /// Whether there is an option that only compilation takes, or only a match.
  var isForCompilation = false
  var isForMatch = false
  var isGlobal = false
  var reportsErrors = false
  var offset = 0
  var stepLimit: Int?
  var depthLimit: Int?
  var capture: Capture?

  /// Reads a list; nothing where it is none, or has something that is no option.
  init?(_ list: Term, _ interpreter: Interpreter) {
    var rest = list
    while rest.isCons {
      let option = rest.cons[0]
      guard option.isAtom ? read(interpreter.atoms.name(of: option)) : read(option, interpreter)
      else { return nil }
      rest = rest.cons[1]
    }
    if !rest.isNil { return nil }
  }

  private mutating func read(_ name: String) -> Bool {
    if let option = Self.compileOptions[name] {
      settings.options.insert(option)
      isForCompilation = true
      return true
    }
    switch name {
    case "anchored":
      settings.options.insert(.anchored)
      match.insert(.anchored)
    case "bsr_anycrlf", "bsr_unicode":
      breaksAreCRLF = name == "bsr_anycrlf"
      settings.breaksAreCRLF = name == "bsr_anycrlf"
    case "no_start_optimize": isForCompilation = true
    case "notbol": match.insert(.notBeginningOfLine)
    case "noteol": match.insert(.notEndOfLine)
    case "notempty": match.insert(.notEmpty)
    case "notempty_atstart": match.insert(.notEmptyAtStart)
    case "global": isGlobal = true
    case "report_errors": reportsErrors = true
    default: return false
    }
    if Self.matchOptions.contains(name) { isForMatch = true }
    return true
  }

  private static let compileOptions: [String: RegexOptions] = [
    "unicode": .unicode, "caseless": .caseless, "dollar_endonly": .dollarEndOnly,
    "dotall": .dotAll, "extended": .extended, "firstline": .firstLine, "multiline": .multiline,
    "no_auto_capture": .noAutoCapture, "dupnames": .duplicateNames, "ungreedy": .ungreedy,
    "ucp": .unicodeClasses, "never_utf": .neverUnicode,
  ]
  private static let matchOptions: Set<String> = [
    "notbol", "noteol", "notempty", "notempty_atstart", "global", "report_errors",
  ]
  private static let newlines: [String: RegexNewline] = [
    "lf": .lf, "cr": .cr, "crlf": .crlf, "anycrlf": .anyCRLF, "any": .any,
  ]

  private mutating func read(_ option: Term, _ interpreter: Interpreter) -> Bool {
    guard option.isTuple, let name = option.tupleElements.first, name.isAtom else { return false }
    let elements = option.tupleElements
    if interpreter.isAtom(name, "capture"), elements.count == 2 || elements.count == 3 {
      guard elements.count == 3 || interpreter.atom("index") != nil else { return false }
      let form = elements.count == 3 ? elements[2] : interpreter.atom("index") ?? .nil
      capture = Capture(groups: elements[1], form: form)
      isForMatch = true
      return true
    }
    guard elements.count == 2 else { return false }
    let value = elements[1]
    switch interpreter.atoms.name(of: name) {
    case "newline":
      guard value.isAtom, let kind = Self.newlines[interpreter.atoms.name(of: value)] else {
        return false
      }
      newline = kind
      settings.newline = kind
      return true
    case "offset": offset = value.isSmall ? value.smallValue : -1
    case "match_limit": stepLimit = value.isSmall ? value.smallValue : -1
    case "match_limit_recursion": depthLimit = value.isSmall ? value.smallValue : -1
    default: return false
    }
    isForMatch = true
    return value.isSmall && value.smallValue >= 0
  }
}

/// What a match tells of its groups.
struct RegexSelection {
  enum Form { case index, list, binary }

  enum Groups {
    /// From a group on, as far as any has matched.
    case all(from: Int)
    case first
    case none
    /// Some of them; each may have a few numbers, of which the first counts that has matched.
    case some([[Int]])
  }

  var groups: Groups
  var form: Form

  /// Reads what `{capture, Groups, Form}` says; nothing where it is no such option.
  init?(_ capture: RegexArguments.Capture?, _ program: RegexProgram, _ interpreter: Interpreter) {
    guard let capture else {
      groups = .all(from: 0)
      form = .index
      return
    }
    guard capture.form.isAtom else { return nil }
    switch interpreter.atoms.name(of: capture.form) {
    case "index": form = .index
    case "list": form = .list
    case "binary": form = .binary
    default: return nil
    }
    guard capture.groups.isAtom else {
      var chosen: [[Int]] = []
      var rest = capture.groups
      while rest.isCons {
        guard let numbers = Self.numbers(of: rest.cons[0], program, interpreter) else { return nil }
        chosen.append(numbers)
        rest = rest.cons[1]
      }
      guard rest.isNil else { return nil }
      groups = chosen.isEmpty ? .none : .some(chosen)
      return
    }
    switch interpreter.atoms.name(of: capture.groups) {
    case "all": groups = .all(from: 0)
    case "all_but_first": groups = .all(from: 1)
    case "first": groups = .first
    case "none": groups = .none
    case "all_names":
      let names = program.uniqueNames
      groups = names.isEmpty ? .none : .some(names.map { program.groups(named: $0) })
    default: return nil
    }
  }

  /// The numbers of a group by its number or name; none where there is no such group.
  private static func numbers(
    of term: Term, _ program: RegexProgram, _ interpreter: Interpreter
  ) -> [Int]? {
    if term.isSmall {
      guard term.smallValue >= 0 else { return nil }
      return term.smallValue <= program.groupCount ? [term.smallValue] : []
    }
    if term.isAtom { return program.groups(named: interpreter.atoms.name(of: term)) }
    let bytes = term.isBinary ? interpreter.bytes(ofBinary: term) : interpreter.bytes(ofList: term)
    return bytes.map { program.groups(named: String(decoding: $0, as: UTF8.self)) }
  }
}
