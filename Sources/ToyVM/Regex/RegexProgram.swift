/// One step of a compiled pattern.
struct RegexInstruction {
  enum Operation: UInt8 {
    /// Takes the byte `a`.
    case byte
    /// Takes a character of the set `a`.
    case set
    case anyButNewline, any, anyByte
    /// `\R`; `a` is 1 for CR, LF and CRLF only.
    case lineBreak
    /// Goes to `a`, and to `b` if that fails; `c` is the place of what failed.
    case split
    case jump
    /// Keeps where it stands in the slot `a`.
    case save
    /// Ends the group `a`, which began where the slot `b` says.
    case closeGroup
    /// Repeats the next instruction, at most `a` times (-1: no limit); `b` is a ``RegexGreed``, `c`
    /// the place of what failed. Goes on behind the next.
    case repeatOne
    /// Goes to `b` unless it stands where the slot `a` says: then it has gone round in vain.
    case loopUnlessEmpty
    case assertion
    /// Stands between a character of the set `a` and another, or does not where `b` is 1.
    case wordBoundary
    /// Looks from here with what follows, up to `a`; `b` is 1 where that must not match.
    case look
    /// Takes the first way through what follows, up to `a`, and no other.
    case atomic
    /// Ends what `look`, `atomic` or `call` began.
    case subMatch
    /// Goes back `a` characters.
    case back
    /// Takes what a group of the list `a` took; `b` is 1 where case does not count.
    case backReference
    /// Goes to `b` unless a group of the list `a` has matched.
    case ifMatched
    /// Goes to `b` unless it is within a call of the group `a` (-1: of any).
    case ifCalled
    /// Looks with what follows, up to `a`, and goes to `b` if that fails; `c` is 1 where it must.
    case ifLook
    case call
    case fail
    case match
  }

  var operation: Operation
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
}

/// A compiled pattern.
final class RegexProgram: Sendable {
  let settings: RegexSettings
  let code: [RegexInstruction]
  let sets: [RegexSet]
  let groupLists: [[Int]]
  /// Where the code of each group stands that is called.
  let calls: [Int: Int]
  let groupCount: Int
  /// Names and the groups that have them, by name.
  let names: [(name: String, number: Int)]
  /// Two for each group and for the whole, then one for each loop that may go round in vain.
  let slotCount: Int
  /// The steps that may be remembered to have failed; none where a failure depends on what was
  /// captured.
  let memoCount: Int
  /// Whether the pattern asks for CR or LF itself.
  let asksForLineEnds: Bool
  /// The bytes that a match can begin with; nothing where it may begin with any, or be empty.
  let firstBytes: [Bool]?

  /// The names of groups in order, each once.
  var uniqueNames: [String] {
    names.map(\.name).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  /// The groups that have a name.
  func groups(named name: String) -> [Int] {
    names.filter { $0.name == name }.map(\.number)
  }

  var isUnicode: Bool { settings.options.contains(.unicode) }

  /// Compiles a pattern.
  ///
  /// - Throws: ``RegexError`` with what is wrong, and where.
  convenience init(_ pattern: [UInt8], _ settings: RegexSettings) throws(RegexError) {
    // Only the second pass knows the groups that come later.
    var first = RegexParser(pattern, settings)
    _ = try first.parse()
    var outline = RegexParser.RegexOutline()
    outline.names = first.names
    outline.groupCount = first.groupCount
    var parser = RegexParser(pattern, settings, known: outline)
    let node = try parser.parse()
    var compiler = RegexCompiler(parser)
    try compiler.compile(node)
    self.init(parser, compiler, firstBytes: RegexFirstBytes.of(node, parser.settings.options))
  }

  private init(_ parser: RegexParser, _ compiler: RegexCompiler, firstBytes: [Bool]?) {
    settings = parser.settings
    code = compiler.code
    sets = compiler.sets
    groupLists = compiler.groupLists
    calls = compiler.calls
    groupCount = parser.groupCount
    names = parser.namesInOrder.sorted { ($0.name, $0.number) < ($1.name, $1.number) }
    slotCount = compiler.slotCount
    memoCount = compiler.remembers ? compiler.memoCount : 0
    asksForLineEnds = parser.asksForLineEnds
    self.firstBytes = firstBytes
  }
}
