import Tenure

/// The terms that a module's code names: its literals, and integers too large for a word.
struct ModuleConstants {
  /// A large integer as it stands in the code.
  private struct LargeInteger: Hashable {
    var isNegative: Bool
    var magnitude: [UInt]
  }

  /// The literals in the order of the module's table.
  private(set) var literals: [Term] = []
  /// Where they and the integers are.
  private(set) var areas: [LiteralArea] = []
  private var integers: [LargeInteger: Term] = [:]
  private let atoms: [Term]

  /// Builds every constant in a literal area of the system.
  init(
    file: BeamFile, instructions: [GenericInstruction], atoms: [Term], store: CodeStore
  ) throws(LoadError) {
    self.atoms = atoms
    try buildLiterals(file, store)
    try buildIntegers(instructions, store.system)
  }

  /// The term of an operand that is no register; nothing for other operands.
  func term(of operand: Operand) -> Term? {
    switch operand {
    case .integer(let value) where Term.fitsSmall(value): .small(value)
    case .integer(let value):
      integers[LargeInteger(isNegative: value < 0, magnitude: [value.magnitude])]
    case .bigInteger(let isNegative, let magnitude):
      integers[LargeInteger(isNegative: isNegative, magnitude: magnitude)]
    case .atom(let index): atoms[index]
    case .nil: .nil
    case .literal(let index): literals[index]
    default: nil
    }
  }

  private mutating func buildLiterals(
    _ file: BeamFile, _ store: CodeStore
  ) throws(LoadError) {
    let system = store.system
    let decoder = ExternalDecoder(
      atoms: system.atoms, scratch: system.heaps.scratch, funs: store)
    var words = 0
    var terms: [Term] = []
    do {
      for range in file.literals {
        words += try Self.withBytes(of: range, in: file) { bytes throws(ExternalFormatError) in
          try decoder.measure(bytes).words
        }
      }
    } catch {
      throw Self.loadError(error)
    }
    do {
      let area = try system.heaps.literals.build(words: words) {
        cursor, _ throws(ExternalFormatError) in
        for range in file.literals {
          terms.append(
            try Self.withBytes(of: range, in: file) { bytes throws(ExternalFormatError) in
              try decoder.decode(bytes, into: &cursor)
            })
        }
      }
      areas.append(area)
    } catch {
      throw Self.loadError(error)
    }
    literals = terms
  }

  private static func withBytes<Result>(
    of range: Range<Int>, in file: BeamFile,
    _ body: (UnsafeRawBufferPointer) throws(ExternalFormatError) -> Result
  ) throws(ExternalFormatError) -> Result {
    let outcome = file.literalBytes.withUnsafeBytes { bytes in
      Swift.Result { () throws(ExternalFormatError) in
        try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
      }
    }
    return try outcome.get()
  }

  private static func loadError(_ error: LiteralError<ExternalFormatError>) -> LoadError {
    switch error {
    case .memory(let error): .outOfMemory(reason: error.description)
    case .builder(let error): loadError(error)
    }
  }

  private static func loadError(_ error: ExternalFormatError) -> LoadError {
    switch error.reason {
    case .scratch: .outOfMemory(reason: "literal: \(error)")
    default: .malformed(reason: "literal: \(error)")
    }
  }

  private static func withDigits(
    _ digits: inout [UInt], _ body: (UnsafePointer<UInt>) throws(ArithmeticError) -> Term
  ) throws(ArithmeticError) -> Term {
    try body(&digits)
  }

  private mutating func buildIntegers(
    _ instructions: [GenericInstruction], _ system: MemorySystem
  ) throws(LoadError) {
    var found: Set<LargeInteger> = []
    func note(_ operand: Operand) {
      switch operand {
      case .integer(let value) where !Term.fitsSmall(value):
        found.insert(LargeInteger(isNegative: value < 0, magnitude: [value.magnitude]))
      case .bigInteger(let isNegative, let magnitude):
        found.insert(LargeInteger(isNegative: isNegative, magnitude: magnitude))
      default: break
      }
    }
    for instruction in instructions {
      for operand in instruction.operands {
        if case .list(let elements) = operand {
          elements.forEach(note)
        } else {
          note(operand)
        }
      }
    }
    let words = found.reduce(0) { $0 + 1 + $1.magnitude.count }
    var built: [LargeInteger: Term] = [:]
    do {
      let area = try system.heaps.literals.build(words: words) {
        cursor, _ throws(ArithmeticError) in
        for integer in found {
          var digits = integer.magnitude
          built[integer] = try Self.withDigits(&digits) { digits throws(ArithmeticError) in
            try IntegerArithmetic.makeInteger(
              magnitude: digits, count: integer.magnitude.count, isNegative: integer.isNegative,
              into: &cursor)
          }
        }
      }
      areas.append(area)
    } catch {
      throw .outOfMemory(reason: "\(error)")
    }
    integers = built
  }
}
