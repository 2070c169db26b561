import Tenure

extension ModuleValidator {
  // MARK: - Reading

  /// What is known of an operand: of what a register holds, or of a constant.
  func type(of operand: Operand) throws(Violation) -> ValueType {
    switch operand {
    case .x(let index): return now.x(index)
    case .y(let index):
      try checkFrame(index)
      return now.y(index)
    case .literal(let index): return Self.type(of: constants.literals[index])
    case .integer, .bigInteger, .atom, .nil: return .term
    case .unsigned, .float, .label, .list, .allocation: throw Violation("\(operand) is no value")
    }
  }

  private static func type(of term: Term) -> ValueType {
    if term.isCons { return .cons }
    if term.isTuple { return .tuple(term.tupleElements.count, isExact: true) }
    return term.isMap ? .map : .term
  }

  /// What is known of an operand that must be a term.
  @discardableResult
  func read(_ operand: Operand) throws(Violation) -> ValueType {
    let type = try type(of: operand)
    guard type.isTerm else { throw Violation("\(Self.name(operand)) holds \(type)") }
    return type
  }

  /// The same for what leaves the function.
  func readOwned(_ operand: Operand) throws(Violation) {
    let type = try read(operand)
    guard !type.isBorrowed else { throw Violation("\(Self.name(operand)) holds \(type)") }
  }

  /// The same for the parts of an object.
  ///
  /// - Returns: a term that belongs to a message if a part does.
  func read(_ operands: some Sequence<Operand>) throws(Violation) -> ValueType {
    var whole = ValueType.term
    for operand in operands { whole = whole.borrowed(like: try read(operand)) }
    return whole
  }

  /// The same where it is read after a collection that keeps so many X registers.
  func readLive(_ operand: Operand, _ live: Int) throws(Violation) -> ValueType {
    if case .x(let index) = operand, index >= live {
      throw Violation("x\(index) is needed and not among the \(live) live registers")
    }
    return try read(operand)
  }

  /// Checks that the first X registers hold terms, of which none is of a message.
  func checkArguments(_ count: Int) throws(Violation) {
    for index in 0..<count {
      let type = now.x(index)
      guard type.isTerm, !type.isBorrowed else { throw Violation("x\(index) holds \(type)") }
    }
  }

  /// Checks that a match is on in a register.
  @discardableResult
  func readContext(_ operand: Operand) throws(Violation) -> ValueType {
    let type = try type(of: operand)
    guard type.kind == .context else { throw Violation("\(Self.name(operand)) holds \(type)") }
    return type
  }

  // MARK: - Writing

  /// Says what a register holds from now on.
  func write(_ operand: Operand, _ type: ValueType) throws(Violation) {
    switch operand {
    case .x(let index): now.setX(index, type)
    case .y(let index):
      try checkFrame(index)
      guard !now.y(index).isTag else { throw Violation("y\(index) holds \(now.y(index))") }
      now.setY(index, type)
    default: throw Violation("\(operand) is no register")
    }
  }

  /// Says what a register that is read turned out to hold.
  func refine(_ operand: Operand, _ type: ValueType) throws(Violation) {
    switch operand {
    case .x(let index): now.setX(index, type.borrowed(like: now.x(index)))
    case .y(let index): now.setY(index, type.borrowed(like: now.y(index)))
    default: break
    }
  }

  func checkFrame(_ index: Int) throws(Violation) {
    guard index < now.reach else { throw Violation("y\(index) in a frame of \(now.reach)") }
  }

  // MARK: - Room and collections

  /// Takes words of those that were ensured.
  func build(words: Int) throws(Violation) {
    guard words <= now.room else {
      throw Violation("it builds \(words) words where \(now.room) are ensured")
    }
    now.room -= words
    now.flags.subtract([.hasFresh, .hasOutput])
  }

  /// What may collect: all that is live holds something, and what is not is gone.
  mutating func collect(live: Int, ensuring words: Int = 0) throws(Violation) {
    for index in 0..<live {
      let type = now.x(index)
      guard type.isTerm || type.mayBeContext else {
        throw Violation("x\(index) is live and holds \(type)")
      }
    }
    try branchToHandler()
    now.forgetX(from: live)
    now.room = words
    now.flags.subtract([.hasFresh, .hasOutput])
  }

  static func name(_ operand: Operand) -> String {
    switch operand {
    case .x(let index): "x\(index)"
    case .y(let index): "y\(index)"
    default: "\(operand)"
    }
  }

  // MARK: - Operands of other kinds

  func number(_ operand: Operand) throws(Violation) -> Int {
    guard case .unsigned(let number) = operand else { throw Violation("\(operand) is no number") }
    return number
  }

  func live(_ operand: Operand) throws(Violation) -> Int {
    let live = try number(operand)
    guard live < 256 else { throw Violation("\(live) live registers") }
    return live
  }

  func label(_ operand: Operand) throws(Violation) -> Int {
    guard case .label(let label) = operand else { throw Violation("\(operand) is no label") }
    return label
  }

  func list(_ operand: Operand) throws(Violation) -> [Operand] {
    guard case .list(let elements) = operand else { throw Violation("\(operand) is no list") }
    return elements
  }

  /// The words of an allocation.
  func heapWords(_ operand: Operand) throws(Violation) -> Int {
    switch operand {
    case .unsigned(let words) where words < 1 << 28: return words
    case .allocation(let words, let floats, let funs)
    where words < 1 << 28 && floats < 1 << 24 && funs < 1 << 24:
      return words + 2 * floats + Fun.words(free: 0) * funs
    default: throw Violation("\(operand) is no number of words")
    }
  }

  /// Takes what holds now along a jump that is taken on failure; one to 0 raises an exception.
  mutating func branchOnFailure(_ operand: Operand) throws(Violation) {
    let label = try label(operand)
    if label == 0 { try branchToHandler() } else { try branch(to: label) }
  }
}
