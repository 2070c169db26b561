import Tenure

extension ModuleValidator {
  /// Tests and choices. False for other instructions.
  mutating func stepTest(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .isNil, .isList, .isAtom, .isInteger, .isFloat, .isNumber, .isBinary, .isBitstr,
      .isFunction, .isPid, .isPort, .isReference, .isBoolean:
      try read(o[1])
      try branch(to: try label(o[0]))
    case .isNonemptyList: try testKind(o, .cons)
    case .isTuple: try testKind(o, .tuple(0, isExact: false))
    case .isMap: try testKind(o, .map)
    case .isFunction2, .isEqExact, .isNeExact, .isEq, .isNe, .isLt, .isGe:
      try read(o[1])
      try read(o[2])
      try branch(to: try label(o[0]))
    case .testArity:
      if try read(o[1]).kind != .tuple { try leaveToCheck(o[1], at: index) }
      try branch(to: try label(o[0]))
      try refine(o[1], .tuple(try number(o[2]), isExact: true))
    case .isTaggedTuple:
      try read(o[1])
      try branch(to: try label(o[0]))
      try refine(o[1], .tuple(try number(o[2]), isExact: true))
    case .selectVal:
      try read(o[0])
      try branch(to: try label(o[1]))
      let choices = try list(o[2])
      for place in stride(from: 1, to: choices.count, by: 2) {
        try branch(to: try label(choices[place]))
      }
      isReachable = false
    case .selectTupleArity: try stepSelectArity(o)
    default: return false
    }
    return true
  }

  private mutating func testKind(_ o: [Operand], _ type: ValueType) throws(Violation) {
    let before = try read(o[1])
    try branch(to: try label(o[0]))
    // What is known already may be more.
    if before.kind != type.kind { try refine(o[1], type) }
  }

  private mutating func stepSelectArity(_ o: [Operand]) throws(Violation) {
    let before = try read(o[0])
    try branch(to: try label(o[1]))
    let choices = try list(o[2])
    for place in stride(from: 0, to: choices.count - 1, by: 2) {
      try refine(o[0], .tuple(try number(choices[place]), isExact: true))
      try branch(to: try label(choices[place + 1]))
      try refine(o[0], before)
    }
    isReachable = false
  }

  // MARK: - Maps

  /// Maps. False for other instructions.
  mutating func stepMap(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .hasMapFields:
      try read(o[1], as: .map, at: index)
      for key in try list(o[2]) { try read(key) }
      try branch(to: try label(o[0]))
    case .getMapElements: try stepGetMap(o, at: index)
    case .putMapAssoc, .putMapExact:
      let live = try live(o[3])
      var parts = try readLive(o[1], live)
      for operand in try list(o[4]) { parts = parts.borrowed(like: try readLive(operand, live)) }
      try collect(live: live)
      try branchOnFailure(o[0])
      try write(o[2], .map.borrowed(like: parts))
    default: return false
    }
    return true
  }

  /// The values are stored as they are found: where one is missing, those before it are there.
  private mutating func stepGetMap(_ o: [Operand], at index: Int) throws(Violation) {
    let value = ValueType.term.borrowed(like: try read(o[1], as: .map, at: index))
    let pairs = try list(o[2])
    let failure = try label(o[0])
    for place in stride(from: 0, to: pairs.count - 1, by: 2) {
      try read(pairs[place])
      try branch(to: failure)
      try write(pairs[place + 1], value)
    }
  }

  // MARK: - Arithmetic and natives of guards

  /// Arithmetic and natives of guards. False for other instructions.
  mutating func stepArithmetic(_ i: GenericInstruction, at index: Int) throws(Violation) -> Bool {
    let o = i.operands
    switch i.opcode {
    case .bif0:
      _ = try operation(o[0], arity: 0, mayBuild: false)
      try write(o[1], .term)
    case .bif1: try stepNative(o, place: 1, arguments: o[2..<3], live: nil, to: o[3], at: index)
    case .bif2: try stepNative(o, place: 1, arguments: o[2..<4], live: nil, to: o[4], at: index)
    case .gcBif1: try stepNative(o, place: 2, arguments: o[3..<4], live: o[1], to: o[4], at: index)
    case .gcBif2: try stepNative(o, place: 2, arguments: o[3..<5], live: o[1], to: o[5], at: index)
    case .gcBif3: try stepNative(o, place: 2, arguments: o[3..<6], live: o[1], to: o[6], at: index)
    default: return false
    }
    return true
  }

  private func operation(
    _ operand: Operand, arity: Int, mayBuild: Bool
  ) throws(Violation) -> ImportedFunction.Operation? {
    let place = try number(operand)
    guard imports.indices.contains(place), imports[place].name.arity == arity else {
      throw Violation("no import of \(arity) arguments")
    }
    let operation = imports[place].operation
    if let operation, operation.mayBuild, !mayBuild {
      throw Violation("a native that builds, and nothing says what is live")
    }
    return operation
  }

  private mutating func stepNative(
    _ o: [Operand], place: Int, arguments: ArraySlice<Operand>, live liveOperand: Operand?,
    to: Operand, at index: Int
  ) throws(Violation) {
    let operation = try operation(
      o[place], arity: arguments.count, mayBuild: liveOperand != nil)
    var mayFail = operation?.mayFail ?? true
    let result = try read(arguments)
    if let liveOperand { try collect(live: try live(liveOperand)) }
    if case .native(.isMapKey)? = operation, let map = arguments.last, o[0] == .label(0),
      (0..<now.reach).contains(where: { now.y($0).isUndefined })
    {
      // The frame is not whole, so the compiler knows that it cannot fail.
      if try read(map).kind != .map { try leaveToCheck(map, at: index) }
      mayFail = false
    }
    if mayFail { try branchOnFailure(o[0]) }
    try write(to, result)
  }
}
