import Terms

/// A term while it is read (``Process/read(_:_:)``).
///
/// ```swift
/// let total = try process.read(order) { order in
///   guard case .map(let fields) = order.kind, case .list(let items)? = fields["items"]?.kind
///   else { return 0 }
///   return items.count
/// }
/// ```
/// A view is valid until its read ends; one used later traps.
public struct TermView {
  /// The term itself, for the raw surface.
  public let term: Term
  let scope: ReadScope

  /// What a term is, with what it holds.
  public enum Kind {
    /// An atom by its name.
    case atom(String)
    /// An integer of a machine word.
    case integer(Int)
    /// An integer beyond that: sign, and digits of 64 bits with the lowest first.
    case bigInteger(isNegative: Bool, digits: [UInt])
    /// A float.
    case float(Double)
    /// A list, `[]` too.
    case list(ListView)
    /// A tuple.
    case tuple(TupleView)
    /// A map.
    case map(MapView)
    /// Bits of whole bytes.
    case binary(BinaryView)
    /// Bits that are no whole bytes: the bits behind the last stand at zero.
    case bits(BinaryView, count: Int)
    /// A pid, a port, a reference.
    case pid, port, reference
    /// A fun.
    case fun
  }

  /// What it is.
  /// - Precondition: the read goes on.
  public var kind: Kind {
    scope.check()
    if term.isSmall { return .integer(term.smallValue) }
    if term.isAtom { return .atom(scope.atoms.name(of: term)) }
    if term.isList { return .list(ListView(first: term, scope: scope)) }
    if term.isTuple { return .tuple(TupleView(tuple: term, scope: scope)) }
    if term.isMap { return .map(MapView(map: term, scope: scope)) }
    if term.isBigInteger { return bigInteger }
    if term.isFloat { return .float(term.floatValue) }
    if term.isBitString {
      let bytes = BinaryView(bits: term, scope: scope)
      return term.isBinary ? .binary(bytes) : .bits(bytes, count: term.bitRange.bitCount)
    }
    if term.isPid { return .pid }
    if term.isPort { return .port }
    if term.isReference { return .reference }
    if term.isFun { return .fun }
    preconditionFailure("the word 0x\(String(term.bits, radix: 16)) is no term that can be read")
  }

  private var bigInteger: Kind {
    let digits = Array(term.bigIntegerDigits)
    let isNegative = term.header.isNegative
    if digits.count == 1 {
      if !isNegative, let number = Int(exactly: digits[0]) { return .integer(number) }
      if isNegative, digits[0] <= Int.min.magnitude {
        return .integer(Int(truncatingIfNeeded: 0 &- digits[0]))
      }
    }
    return .bigInteger(isNegative: isNegative, digits: digits)
  }

  /// The text of a binary that is UTF-8; nothing of anything else.
  public var string: String? {
    guard case .binary(let bytes) = kind else { return nil }
    return String(validating: bytes.bytes, as: UTF8.self)
  }

  /// The term as a value of its own.
  /// - Throws: ``TermReadError``.
  public func value() throws(TermReadError) -> TermValue { try value(level: 1) }

  private func value(level: Int) throws(TermReadError) -> TermValue {
    if level > TermValue.mostLevels { throw .tooDeep(mostLevels: TermValue.mostLevels) }
    switch kind {
    case .atom(let name): return .atom(name)
    case .integer(let number): return .integer(number)
    case .bigInteger(let isNegative, let digits):
      return .bigInteger(isNegative: isNegative, digits: digits)
    case .float(let number): return .float(number)
    case .binary(let bytes): return .binary(bytes.bytes)
    case .bits(let bytes, let count): return .bits(bytes.bytes, count: count)
    case .list(let list):
      let elements = try Self.values(of: list, level: level)
      let tail = list.tail
      if tail.term.isNil { return .list(elements) }
      return .improperList(elements, tail: try tail.value(level: level + 1))
    case .tuple(let tuple): return .tuple(try Self.values(of: tuple, level: level))
    case .map(let map):
      var pairs: [TermValue: TermValue] = [:]
      for (key, value) in map {
        pairs[try key.value(level: level + 1)] = try value.value(level: level + 1)
      }
      return .map(pairs)
    case .pid, .port:
      if term.isImmediate { return .immediate(term) }
      throw .noValue("an identifier of another node")
    case .reference: throw .noValue("a reference")
    case .fun: throw .noValue("a fun")
    }
  }

  private static func values(
    of views: some Sequence<TermView>, level: Int
  ) throws(TermReadError) -> [TermValue] {
    var values: [TermValue] = []
    for view in views { values.append(try view.value(level: level + 1)) }
    return values
  }
}

/// Why a term has no value of its own.
public enum TermReadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Terms stand in terms in more than so many levels.
  case tooDeep(mostLevels: Int)
  /// It holds something that means nothing outside its system.
  case noValue(String)

  /// One line that says what was wrong.
  public var description: String {
    switch self {
    case .tooDeep(let levels): "a term of more than \(levels) levels"
    case .noValue(let what): "\(what) has no value outside its system"
    }
  }
}

extension Process {
  /// Reads a kept term: nothing moves until the closure returns.
  /// - Throws: ``HandleError`` where it is no handle of this process, or what the closure throws.
  public func read<Result>(
    _ handle: TermHandle, _ body: (TermView) throws -> Result
  ) throws -> Result {
    let scope = ReadScope(atoms: system.atoms)
    defer { scope.close() }
    return try body(TermView(term: try term(of: handle), scope: scope))
  }

  /// The value of a kept term.
  /// - Throws: ``HandleError`` or ``TermReadError``.
  public func value(of handle: TermHandle) throws -> TermValue {
    try read(handle) { try $0.value() }
  }
}
