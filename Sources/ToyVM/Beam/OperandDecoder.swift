/// Reads operands and checks them against the tables of a module.
struct OperandDecoder {
  /// The registers of each kind that an operand may name.
  static var registerLimit: Int { 1024 }

  /// The atoms of the module and the one place that is none.
  let atomCount: Int
  /// One more than the highest label.
  let labelCount: Int
  /// The literals of the module.
  let literalCount: Int
  /// One more than the highest X register that was read since this was last set.
  var xCount = 0

  /// Reads an operand.
  mutating func operand(_ reader: inout BeamReader) throws(BeamError) -> Operand {
    let at = reader.offset
    let (tag, value) = try reader.compactTag()
    guard tag == .extended else { return try plain(tag, value, reader, at: at) }
    guard case .small(1) = value else { return try extended(value, &reader, at: at) }
    return .list(try list(&reader))
  }

  /// Reads the operands of a list, in which no other list stands.
  private mutating func list(_ reader: inout BeamReader) throws(BeamError) -> [Operand] {
    let start = reader.offset
    let count = try reader.compactLength()
    guard count <= reader.remaining else {
      throw reader.corrupt("\(count) operands in \(reader.remaining) bytes", at: start)
    }
    var operands: [Operand] = []
    operands.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.offset
      let (tag, value) = try reader.compactTag()
      operands.append(
        tag == .extended
          ? try extended(value, &reader, at: at) : try plain(tag, value, reader, at: at))
    }
    return operands
  }

  /// An operand whose tag says all.
  private mutating func plain(
    _ tag: CompactTag, _ value: CompactNumber, _ reader: BeamReader, at: Int
  ) throws(BeamError) -> Operand {
    guard case .small(let number) = value else {
      guard case .big(let isNegative, let magnitude) = value,
        tag == .integer || (tag == .unsigned && !isNegative)
      else { throw reader.corrupt("too large a number", at: at) }
      return .bigInteger(isNegative: isNegative, magnitude: magnitude)
    }
    if tag == .integer { return .integer(number) }
    guard number >= 0 else { throw reader.corrupt("the negative number \(number)", at: at) }
    switch tag {
    case .unsigned: return .unsigned(number)
    case .atom:
      if number == 0 { return .nil }
      try check(number, "atom", below: atomCount, reader, at: at)
      return .atom(number)
    case .x:
      try check(number, "register x", below: Self.registerLimit, reader, at: at)
      xCount = max(xCount, number + 1)
      return .x(number)
    case .y:
      try check(number, "register y", below: Self.registerLimit, reader, at: at)
      return .y(number)
    case .label:
      try check(number, "label", below: max(1, labelCount), reader, at: at)
      return .label(number)
    case .integer, .character, .extended:
      throw reader.corrupt("an operand of the tag \(tag)", at: at)
    }
  }

  /// An operand of a tag of the second table: all but lists.
  private mutating func extended(
    _ value: CompactNumber, _ reader: inout BeamReader, at: Int
  ) throws(BeamError) -> Operand {
    switch value {
    case .small(2):
      let number = try reader.compactLength()
      try check(number, "float register", below: Self.registerLimit, reader, at: at)
      return .float(number)
    case .small(3): return try allocation(&reader)
    case .small(4):
      let number = try reader.compactLength()
      try check(number, "literal", below: literalCount, reader, at: at)
      return .literal(number)
    case .small(5):
      // What types the register can hold is of use to a native compiler only.
      let (tag, number) = try reader.compactTag()
      guard tag == .x || tag == .y else { throw reader.corrupt("a typed \(tag)", at: at) }
      let register = try plain(tag, number, reader, at: at)
      _ = try reader.compactLength()
      return register
    case .small(1): throw reader.corrupt("a list in a list", at: at)
    default: throw reader.corrupt("an unknown kind of operand", at: at)
    }
  }

  /// Pairs of a kind (0 words, 1 floats, 2 funs) and a number.
  private func allocation(_ reader: inout BeamReader) throws(BeamError) -> Operand {
    var counts = (words: 0, floats: 0, funs: 0)
    let pairs = try reader.compactLength()
    for _ in 0..<pairs {
      let at = reader.offset
      let kind = try reader.compactLength()
      let count = try reader.compactLength()
      try check(count, "allocation of", below: 1 << 32, reader, at: at)
      switch kind {
      case 0: counts.words = count
      case 1: counts.floats = count
      case 2: counts.funs = count
      default: throw reader.corrupt("an allocation of the kind \(kind)", at: at)
      }
    }
    return .allocation(words: counts.words, floats: counts.floats, funs: counts.funs)
  }

  private func check(
    _ number: Int, _ name: String, below limit: Int, _ reader: BeamReader, at: Int
  ) throws(BeamError) {
    guard number < limit else {
      throw reader.corrupt("the \(name) \(number), which is not below \(limit)", at: at)
    }
  }
}
