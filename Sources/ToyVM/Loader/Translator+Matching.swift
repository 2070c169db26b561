import Tenure

extension Translator {
  /// Instructions of binary patterns. False for other instructions.
  mutating func translateMatching(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .bsStartMatch3: try translateStart(i, source: 1, live: 2, to: 3, jump: try label(i, 0))
    case .bsStartMatch4: try translateStart4(i)
    case .bsStartMatch2:
      try translateStart(
        i, source: 1, live: 2, to: 4, jump: try label(i, 0),
        places: 1 + (try unsigned(i, 3, below: 256)))
    case .bsSave2: try translatePlace(i, .bsSave)
    case .bsRestore2: try translatePlace(i, .bsRestore)
    case .bsContextToBinary: buffer.begin(.bsContextToBinary, n: 1, a: try register(i, 0))
    case .bsGetPosition:
      buffer.begin(.bsGetPosition, n: 1, a: try register(i, 0), b: try register(i, 1))
    case .bsSetPosition:
      try beginWithValues(.bsSetPosition, i, a: 0, b: 1)
    case .bsGetTail:
      let (from, to, live) = (try register(i, 0), try register(i, 1), try live(i, 2))
      beginMatch(.bsGetTail, a: from, c: to, live: live)
    case .bsGetInteger2: try translateGet(i, .bsGetInteger)
    case .bsGetFloat2: try translateGet(i, .bsGetFloat)
    case .bsGetBinary2: try translateGet(i, .bsGetBinary)
    case .bsSkipBits2:
      try translateSegment(
        .bsSkip, i, jump: 0, live: 0, size: 2, unit: 3, flags: 4, to: 0)
    case .bsTestTail2:
      let size = try unsigned(i, 2, below: 1 << 40)
      beginMatch(.bsTestTail, a: try register(i, 1), jump: try target(i, 0), size: size)
    case .bsTestUnit:
      let unit = try self.unit(i, 2)
      beginMatch(.bsTestUnit, a: try register(i, 1), jump: try target(i, 0), unit: unit)
    case .bsMatchString: try translateMatchString(i)
    case .bsGetUtf8: try translateUnicode(i, .utf8, to: 4)
    case .bsGetUtf16: try translateUnicode(i, .utf16, to: 4)
    case .bsGetUtf32: try translateUnicode(i, .utf32, to: 4)
    case .bsSkipUtf8: try translateUnicode(i, .utf8, to: nil)
    case .bsSkipUtf16: try translateUnicode(i, .utf16, to: nil)
    case .bsSkipUtf32: try translateUnicode(i, .utf32, to: nil)
    case .bsMatch: try translateMatchCommands(i)
    default: return false
    }
    return true
  }

  /// How many bits a size counts.
  func unit(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> Int {
    let unit = try unsigned(i, place, below: 257)
    guard unit > 0 else { throw unfit(i, place) }
    return unit
  }

  func segmentFlags(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> SegmentFlags {
    SegmentFlags(rawValue: UInt8(try unsigned(i, place, below: 32)))
  }

  private static func lowerHalf(_ live: Int, _ flags: SegmentFlags, _ unit: Int) -> UInt {
    UInt(live) | UInt(flags.rawValue) << 8 | UInt(unit) << 16
  }

  /// Begins an instruction on a context in a register.
  private mutating func beginMatch(
    _ opcode: Opcode, a: UInt, b: UInt = 0, c: UInt = 0, jump: Int = 0, live: Int = 0,
    flags: SegmentFlags = [], unit: Int = 1, size: Int? = nil
  ) {
    let start = buffer.begin(opcode, n: size == nil ? 2 : 3, a: a, b: b, c: c)
    buffer.appendJump(to: jump, from: start, lowerHalf: Self.lowerHalf(live, flags, unit))
    if let size { buffer.append(UInt(size)) }
  }

  // MARK: - The beginning of a match

  private mutating func translateStart(
    _ i: GenericInstruction, source: Int, live: Int, to: Int, jump: Int, places: Int = 0
  ) throws(LoadError) {
    try beginWithValues(
      .bsStartMatch, i, a: source, c: try register(i, to), jump: jump,
      lowerHalf: Self.lowerHalf(try self.live(i, live), [], places))
  }

  /// Saves a position or goes back to one, in the instructions of OTP 21 and before.
  private mutating func translatePlace(
    _ i: GenericInstruction, _ opcode: Opcode
  ) throws(LoadError) {
    var place = 0  // `start`
    if case .unsigned(let number) = i.operands[1], number < 256 { place = number + 1 }
    buffer.begin(opcode, n: 1, a: try register(i, 0), b: UInt(place))
  }

  private mutating func translateStart4(_ i: GenericInstruction) throws(LoadError) {
    var jump = 0
    if case .label(let label) = i.operands[0] { jump = label }
    // `no_fail` and `resume`: it is known to be a bit string or a context.
    try translateStart(i, source: 2, live: 1, to: 3, jump: jump)
  }

  // MARK: - Segments

  private mutating func translateGet(
    _ i: GenericInstruction, _ opcode: Opcode
  ) throws(LoadError) {
    try translateSegment(
      opcode, i, jump: try target(i, 0), live: try live(i, 2), size: 3, unit: 4, flags: 5,
      to: try register(i, 6))
  }

  private mutating func translateSegment(
    _ opcode: Opcode, _ i: GenericInstruction, jump: Int, live: Int, size: Int, unit: Int,
    flags: Int, to: UInt
  ) throws(LoadError) {
    let jump = try target(i, 0)
    let unit = try self.unit(i, unit)
    let flags = try segmentFlags(i, flags)
    let context = try register(i, 1)
    if case .atom = i.operands[size] {
      // `all`.
      return beginMatch(
        opcode, a: context, b: .restField, c: to, jump: jump, live: live, flags: flags, unit: unit)
    }
    try beginWithValues(
      opcode, i, a: 1, b: size, c: to, jump: jump, lowerHalf: Self.lowerHalf(live, flags, unit))
  }

  private mutating func translateUnicode(
    _ i: GenericInstruction, _ form: UnicodeForm, to place: Int?
  ) throws(LoadError) {
    let to: UInt = if let place { try register(i, place) } else { 0 }
    beginMatch(
      place == nil ? .bsSkipUnicode : .bsGetUnicode, a: try register(i, 1), c: to,
      jump: try target(i, 0), flags: try segmentFlags(i, 3), unit: Int(form.rawValue))
  }

  // MARK: - Bytes

  /// Bytes of the module's table of strings.
  func string(_ i: GenericInstruction, _ start: Int, count: Int) throws(LoadError) -> [UInt8] {
    guard start >= 0, count >= 0, start + count <= file.strings.count else {
      throw .malformed(
        reason: "\(i.opcode.erlangName) at byte \(i.byteOffset) of the code: "
          + "bytes \(start) to \(start + count) of \(file.strings.count)")
    }
    return Array(file.strings[start..<start + count])
  }

  /// Appends slots that hold bytes. None may be the mark before a function: a slice of a process that
  /// ends behind it would take what is there for a function's beginning.
  mutating func append(_ bytes: [UInt8]) throws(LoadError) {
    for start in stride(from: 0, to: bytes.count, by: 8) {
      var word: UInt = 0
      for (index, byte) in bytes[start...].prefix(8).enumerated() {
        word |= UInt(byte) << UInt(8 * index)
      }
      if word & ~0xFF00 == FunctionMark.slot {
        throw .malformed(reason: "bytes of a string that look like a function's beginning")
      }
      buffer.append(word)
    }
  }

  private mutating func beginMatchString(
    _ context: UInt, _ bytes: [UInt8], bits: Int, jump: Int
  ) throws(LoadError) {
    beginMatch(.bsMatchString, a: context, jump: jump, size: bits)
    var bytes = bytes
    // The bits behind the last count as 0.
    if bits & 7 > 0 { bytes[bytes.count - 1] &= ~(0xFF >> UInt8(bits & 7)) }
    try append(bytes)
  }

  private mutating func translateMatchString(_ i: GenericInstruction) throws(LoadError) {
    let bits = try unsigned(i, 2, below: 1 << 28)
    let start = try unsigned(i, 3, below: 1 << 32)
    try beginMatchString(
      try register(i, 1), try string(i, start, count: (bits + 7) / 8), bits: bits,
      jump: try target(i, 0))
  }

  // MARK: - Many segments in one instruction

  /// `bs_match` of OTP 26: each of its commands becomes an instruction.
  private mutating func translateMatchCommands(_ i: GenericInstruction) throws(LoadError) {
    let jump = try label(i, 0)
    let context = try register(i, 1)
    var rest = try list(i, 2)[...]
    func number() throws(LoadError) -> Int {
      guard case .unsigned(let number)? = rest.popFirst(), number < 1 << 40 else {
        throw unfit(i, 2)
      }
      return number
    }
    func integer() throws(LoadError) -> Operand {
      guard let operand = rest.popFirst() else { throw unfit(i, 2) }
      return operand
    }
    func flags() throws(LoadError) -> SegmentFlags { try segmentFlags(try integer(), i) }
    func unit() throws(LoadError) -> Int {
      let unit = try number()
      guard 1...256 ~= unit else { throw unfit(i, 2) }
      return unit
    }
    func destination() throws(LoadError) -> UInt {
      guard let operand = rest.popFirst(), let field = register(operand) else { throw unfit(i, 2) }
      return field
    }
    func live() throws(LoadError) -> Int { min(try number(), 255) }
    while let command = rest.popFirst() {
      guard case .atom(let atom) = command else { throw unfit(i, 2) }
      switch store.system.atoms.name(of: atoms[atom]) {
      case "ensure_at_least":
        let size = try number()
        beginMatch(.bsEnsure, a: context, jump: jump, unit: try unit(), size: size)
      case "ensure_exactly":
        beginMatch(.bsTestTail, a: context, jump: jump, size: try number())
      case "integer", "binary":
        // That there are bits enough was made sure of: there is no other place to go to.
        let isInteger = store.system.atoms.name(of: atoms[atom]) == "integer"
        let (live, flags, size, unit) = (try live(), try flags(), try number(), try unit())
        beginMatch(
          isInteger ? .bsGetInteger : .bsGetBinary, a: context, b: 2 * 8 | 2,
          c: try destination(), live: live, flags: flags, unit: unit,
          size: Int(Term.small(size).bits))
      case "get_tail":
        let live = try live()
        _ = try unit()
        beginMatch(.bsGetTail, a: context, c: try destination(), live: live)
      case "skip":
        let size = try number()
        beginMatch(
          .bsSkip, a: context, b: 2 * 8 | 2, size: Int(Term.small(size).bits))
      case "=:=":
        _ = rest.popFirst()  // No registers are needed.
        let bits = try number()
        let bytes = try self.bytes(of: try integer(), bits: bits, i)
        try beginMatchString(context, bytes, bits: bits, jump: jump)
      default: throw unfit(i, 2)
      }
    }
  }

  /// The flags that a list of names gives; none is `[]`.
  func segmentFlags(
    _ operand: Operand, _ i: GenericInstruction
  ) throws(LoadError) -> SegmentFlags {
    if case .unsigned(let flags) = operand, flags < 32 {
      return SegmentFlags(rawValue: UInt8(flags))
    }
    guard var rest = constants.term(of: operand) else { throw unfit(i, i.operands.count - 1) }
    var flags: SegmentFlags = []
    while rest.isCons {
      let head = rest.cons[0]
      if head.isAtom {
        switch store.system.atoms.name(of: head) {
        case "little": flags.insert(.little)
        case "signed": flags.insert(.signed)
        case "native": flags.insert(.native)
        default: break
        }
      }
      rest = rest.cons[1]
    }
    return flags
  }

  /// The bytes of a constant that a pattern has in place of a segment.
  private func bytes(
    of operand: Operand, bits: Int, _ i: GenericInstruction
  ) throws(LoadError) -> [UInt8] {
    guard 1..<1 << 20 ~= bits else { throw unfit(i, 2) }
    let constant = constants.term(of: operand)
    var bytes = [UInt8](repeating: 0, count: (bits + 7) / 8)
    let isWritten = bytes.withUnsafeMutableBufferPointer { bytes in
      var writer = BitWriter(at: bytes.baseAddress.unsafelyUnwrapped)
      if case .unsigned(let value) = operand {
        writer.put(.small(0), bits: max(0, bits - 64), [])
        writer.put(UInt(value), bits: min(bits, 64))
      } else if let constant, constant.isInteger {
        writer.put(constant, bits: bits, [])
      } else {
        return false
      }
      return true
    }
    guard isWritten else { throw unfit(i, 2) }
    return bytes
  }
}
