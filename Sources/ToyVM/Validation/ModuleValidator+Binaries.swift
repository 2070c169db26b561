import Tenure

extension ModuleValidator {
  /// Instructions of binary patterns. False for other instructions.
  mutating func stepMatch(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .bsStartMatch3, .bsStartMatch2:
      try start(o[1], o[0], live: o[2], to: o[o.count - 1], at: index)
    case .bsStartMatch4: try start(o[2], o[0], live: o[1], to: o[3], at: index)
    case .bsSave2, .bsRestore2: try readContext(o[0])
    case .bsContextToBinary:
      let type = try type(of: o[0])
      guard type.isTerm || type.mayBeContext else {
        throw Violation("\(Self.name(o[0])) holds \(type)")
      }
      endMatch(type)
      try write(o[0], .term.borrowed(like: type))
    case .bsGetPosition:
      try readContext(o[0])
      try write(o[1], .term)
    case .bsSetPosition:
      try readContext(o[0])
      try read(o[1])
    case .bsGetTail: try get(o[0], failure: nil, size: nil, live: o[2], to: o[1])
    case .bsGetInteger2, .bsGetFloat2, .bsGetBinary2:
      try get(o[1], failure: o[0], size: o[3], live: o[2], to: o[6])
    case .bsSkipBits2:
      try read(o[2])
      try matchInPlace(o)
    case .bsTestTail2, .bsTestUnit, .bsMatchString, .bsSkipUtf8, .bsSkipUtf16, .bsSkipUtf32:
      try matchInPlace(o)
    case .bsGetUtf8, .bsGetUtf16, .bsGetUtf32:
      try matchInPlace(o)
      try write(o[4], .term)
    case .bsMatch: try stepMatchCommands(o)
    default: return false
    }
    return true
  }

  private mutating func matchInPlace(_ o: [Operand]) throws(Violation) {
    try readContext(o[1])
    try branch(to: try label(o[0]))
  }

  private mutating func start(
    _ source: Operand, _ failure: Operand, live liveOperand: Operand, to: Operand, at index: Int
  ) throws(Violation) {
    let type = try type(of: source)
    guard type.isTerm || type.mayBeContext else {
      throw Violation("\(Self.name(source)) holds \(type)")
    }
    let live = try live(liveOperand)
    if case .label(let label) = failure, label != 0 {
      // Whatever it is then, it is not the state of a match.
      if type.kind == .termOrContext { try refine(source, .term) }
      try branch(to: label)
      if type.kind == .termOrContext { try refine(source, .termOrContext) }
    }
    try collect(live: live)
    // A match that is on goes on.
    let place =
      switch type.kind {
      case .context: type.number - 1
      case .termOrContext: -1
      default: index
      }
    try write(to, .context(from: place).borrowed(like: type))
  }

  /// Takes note that the state of a match may become the bit string that is left, in its place:
  /// whatever else refers to it finds a term from then on.
  func endMatch(_ match: ValueType) {
    for index in 0..<now.xCount where now.x(index).maySharePlace(with: match) {
      now.setX(index, .termOrContext.borrowed(like: now.x(index)))
    }
    for index in 0..<now.reach where now.y(index).maySharePlace(with: match) {
      now.setY(index, .termOrContext.borrowed(like: now.y(index)))
    }
  }

  /// Takes a segment that room may have to be made for: a failure is noticed before.
  private mutating func get(
    _ context: Operand, failure: Operand?, size: Operand?, live liveOperand: Operand, to: Operand
  ) throws(Violation) {
    let type = try readContext(context)
    let live = try live(liveOperand)
    if let size { try read(size) }
    if let failure { try branch(to: try label(failure)) }
    try collect(live: live)
    try write(to, .term.borrowed(like: type))
  }

  /// `bs_match` of OTP 26: a row of commands, of which the first say how many bits there must be.
  private mutating func stepMatchCommands(_ o: [Operand]) throws(Violation) {
    try readContext(o[1])
    var rest = try list(o[2])[...]
    func next() throws(Violation) -> Operand {
      guard let operand = rest.popFirst() else { throw Violation("a command is not whole") }
      return operand
    }
    while let command = rest.popFirst() {
      guard case .atom(let atom) = command else { throw Violation("\(command) is no command") }
      // What the one before took may stand in its place.
      try readContext(o[1])
      switch file.atoms[atom] {
      case "ensure_at_least":
        _ = (try next(), try next())
        try branchOnFailure(o[0])
      case "ensure_exactly":
        _ = try next()
        try branchOnFailure(o[0])
      case "integer", "binary":
        let live = try next()
        _ = (try next(), try next(), try next())
        try get(o[1], failure: nil, size: nil, live: live, to: try next())
      case "get_tail":
        let live = try next()
        _ = try next()
        try get(o[1], failure: nil, size: nil, live: live, to: try next())
      case "skip":
        _ = try next()
        try branchToHandler()
      case "=:=":
        _ = (try next(), try next(), try next())
        try branchOnFailure(o[0])
      default: throw Violation("an unknown command")
      }
    }
  }

  // MARK: - Bit strings that are built

  /// Instructions that build bit strings. False for other instructions.
  mutating func stepOutput(_ i: GenericInstruction) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .bsCreateBin: try stepCreate(o)
    case .bsInitWritable:
      try checkArguments(1)
      try collect(live: 1)
      endCall()
    case .bsInit2, .bsInitBits:
      if case .unsigned = o[1] {} else { try read(o[1]) }
      try beginOutput(o[0], live: o[3], words: try heapWords(o[2]), to: o[5])
    case .bsAppend:
      let parts = try read([o[1], o[5]])
      try beginOutput(o[0], live: o[3], words: try number(o[2]), to: o[7], parts)
    case .bsPrivateAppend:
      let parts = try read([o[1], o[3]])
      try branchOnFailure(o[0])
      try write(o[5], parts)
      now.flags.insert(.hasOutput)
    case .bsPutInteger, .bsPutFloat, .bsPutBinary:
      try read(o[1])
      try read(o[4])
      try put(o[0])
    case .bsPutUtf8, .bsPutUtf16, .bsPutUtf32:
      try read(o[2])
      try put(o[0])
    case .bsPutString:
      guard now.flags.contains(.hasOutput) else { throw Violation("no bit string is begun") }
    case .bsAdd:
      for operand in try sizes(o[1...].dropLast()) { try read(operand) }
      try branchOnFailure(o[0])
      try write(o[o.count - 1], .term)
    case .bsUtf8Size, .bsUtf16Size:
      try read(o[1])
      try branchOnFailure(o[0])
      try write(o[2], .term)
    default: return false
    }
    return true
  }

  /// The values among the operands of `bs_add`, which stand in a list or not.
  private func sizes(_ operands: ArraySlice<Operand>) throws(Violation) -> [Operand] {
    if case .list(let values)? = operands.first { return Array(values.prefix(2)) }
    return Array(operands.prefix(2))
  }

  private mutating func beginOutput(
    _ failure: Operand, live liveOperand: Operand, words: Int, to: Operand,
    _ result: ValueType = .term
  ) throws(Violation) {
    try collect(live: try live(liveOperand), ensuring: words)
    try branchOnFailure(failure)
    try write(to, result)
    now.flags.insert(.hasOutput)
  }

  private mutating func put(_ failure: Operand) throws(Violation) {
    guard now.flags.contains(.hasOutput) else { throw Violation("no bit string is begun") }
    try branchOnFailure(failure)
  }

  /// Values and sizes are read once more when there is room for the whole.
  private mutating func stepCreate(_ o: [Operand]) throws(Violation) {
    let live = try live(o[2])
    let segments = try list(o[5])
    var parts = ValueType.term
    for first in stride(from: 0, to: segments.count - 5, by: 6) {
      guard case .atom(let name) = segments[first] else { throw Violation("no kind of segment") }
      if file.atoms[name] == "string" { continue }
      for part in segments[first + 4...first + 5] {
        parts = parts.borrowed(like: try readLive(part, live))
      }
    }
    try collect(live: live, ensuring: try heapWords(o[1]))
    try branchOnFailure(o[0])
    try write(o[4], parts)
  }
}
