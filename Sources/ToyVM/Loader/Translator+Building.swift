import Tenure

extension Translator {
  /// Instructions that build bit strings. False for other instructions.
  mutating func translateBuilding(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .bsCreateBin: try translateCreate(i)
    case .bsInitWritable: buffer.begin(.bsInitWritable, n: 1)
    case .bsInit2: try translateInit(i, unit: 8)
    case .bsInitBits: try translateInit(i, unit: 1)
    case .bsAppend:
      try beginWithValues(
        .bsAppend, i, a: 1, b: 5, c: try register(i, 7), jump: try label(i, 0),
        lowerHalf: .output(live: try live(i, 3), unit: try unit(i, 4)),
        word: UInt(try unsigned(i, 2, below: 1 << 24)))
    case .bsPrivateAppend:
      try beginWithValues(
        .bsPrivateAppend, i, a: 1, b: 3, c: try register(i, 5), jump: try label(i, 0),
        lowerHalf: .output(unit: try unit(i, 2)), word: 0)
    case .bsPutInteger: try translatePut(i, .integer)
    case .bsPutFloat: try translatePut(i, .float)
    case .bsPutBinary: try translatePut(i, .binary)
    case .bsPutUtf8: try translatePutUnicode(i, .utf8)
    case .bsPutUtf16: try translatePutUnicode(i, .utf16)
    case .bsPutUtf32: try translatePutUnicode(i, .utf32)
    case .bsPutString:
      let count = try unsigned(i, 0, below: 1 << 28)
      let bytes = try string(i, try unsigned(i, 1, below: 1 << 32), count: count)
      buffer.begin(.bsPutString)
      buffer.append(0)
      buffer.append(UInt(count))
      try append(bytes)
    case .bsAdd:
      guard case .list(let values) = i.operands[1], values.count == 3,
        case .unsigned(let unit) = values[2], 1...256 ~= unit
      else { return try translateFlatAdd(i) }
      let flat = GenericInstruction(
        opcode: i.opcode, operands: [i.operands[0]] + values + [i.operands[2]],
        byteOffset: i.byteOffset)
      return try translateFlatAdd(flat)
    case .bsUtf8Size: try translateUnicodeSize(i, .utf8)
    case .bsUtf16Size: try translateUnicodeSize(i, .utf16)
    default: return false
    }
    return true
  }

  // MARK: - One instruction for all

  /// Type, segment number, unit, flags, value, size for each segment.
  private mutating func translateCreate(_ i: GenericInstruction) throws(LoadError) {
    let operands = try list(i, 5)
    guard operands.count % 6 == 0, operands.count < 1 << 20 else { throw unfit(i, 5) }
    let count = operands.count / 6
    let start = buffer.begin(.bsCreate, a: try register(i, 4))
    if let (bits, bitString, value) = integerAppended(operands, i) {
      let isByte = bits == 8 && isByteAppended(operands, i)
      buffer.specialize(
        isByte ? .bsAppendByte : .bsAppendInteger, n: bits, b: bitString, c: value, at: start)
    }
    buffer.appendJump(to: try label(i, 0), from: start, lowerHalf: UInt(try live(i, 2)))
    buffer.append(UInt(count) << 32 | UInt(try heapWords(i, 1)))
    var bytes: [UInt8] = []
    var segments: [UInt] = []
    let stringSlot = 4 + SegmentSlots.count * count
    for index in 0..<count {
      let segment = Array(operands[6 * index..<6 * index + 6])
      guard case .atom(let name) = segment[0], case .unsigned(let unit) = segment[2],
        let kind = Self.segmentKind(store.system.atoms.name(of: atoms[name])),
        unit <= 256
      else { throw unfit(i, 5) }
      if kind == .string {
        guard case .unsigned(let start) = segment[4], case .integer(let count) = segment[5] else {
          throw unfit(i, 5)
        }
        // Each string begins a slot.
        segments += [
          SegmentSlots.head(.string, [], unit: 1), UInt(stringSlot + bytes.count / 8),
          UInt(8 * count),
        ]
        bytes += try string(i, start, count: count)
        bytes += Array(repeating: 0, count: -bytes.count & 7)
        continue
      }
      guard !kind.appends || index == 0 else { throw unfit(i, 5) }
      let flags = try segmentFlags(segment[3], i)
      segments += [
        SegmentSlots.head(kind, flags, unit: max(1, unit)), try sourceWord(segment[4], i),
        try sourceWord(segment[5], i),
      ]
    }
    buffer.append(UInt(stringSlot + bytes.count / 8))
    for word in segments { buffer.append(word) }
    try append(bytes)
  }

  /// The bits of an integer of fixed size that is appended to all of a bit string, and the fields of
  /// the bit string and of the integer; nothing where something else is built.
  private func integerAppended(
    _ operands: [Operand], _ i: GenericInstruction
  ) -> (bits: Int, bitString: UInt, value: UInt)? {
    func kind(_ index: Int) -> SegmentKind? {
      guard case .atom(let name) = operands[index] else { return nil }
      return Self.segmentKind(store.system.atoms.name(of: atoms[name]))
    }
    guard operands.count == 12, kind(0)?.appends == true, kind(6) == .integer,
      case .unsigned(let unit) = operands[2], unit == 1 || unit == 8,
      case .atom(let size) = operands[5], store.system.atoms.name(of: atoms[size]) == "all",
      let bitString = register(operands[4]), case .unsigned(let bitsEach) = operands[8],
      1...64 ~= bitsEach, case .integer(let count) = operands[11], 1...64 ~= count,
      count * bitsEach <= BitWriter.mostBitsAtOnce,
      (try? segmentFlags(operands[9], i))?.isLittle == false
    else { return nil }
    if let value = register(operands[10]) { return (count * bitsEach, bitString, value) }
    guard case .integer = operands[10] else { return nil }
    let slot = SegmentSlots.first + SegmentSlots.count + 1
    return (count * bitsEach, bitString, UInt(8 * slot) | 2)
  }

  /// Whether all of an appended byte is in X registers, and nothing else is to be room for.
  private func isByteAppended(_ operands: [Operand], _ i: GenericInstruction) -> Bool {
    guard isX(operands[4]), isX(operands[10]), isX(i.operands[4]),
      case .atom(let kind) = operands[0]
    else { return false }
    return Self.segmentKind(store.system.atoms.name(of: atoms[kind])) == .append
      && (try? heapWords(i, 1)) == 0
  }

  private static func segmentKind(_ name: String) -> SegmentKind? {
    switch name {
    case "integer": .integer
    case "float": .float
    case "binary": .binary
    case "append": .append
    case "private_append": .privateAppend
    case "string": .string
    case "utf8": .utf8
    case "utf16": .utf16
    case "utf32": .utf32
    default: nil
    }
  }

  // MARK: - An instruction for each segment, before OTP 25

  private mutating func translateInit(_ i: GenericInstruction, unit: Int) throws(LoadError) {
    var i = i
    if case .unsigned(let size) = i.operands[1] {
      var operands = i.operands
      operands[1] = .integer(size)
      i = GenericInstruction(opcode: i.opcode, operands: operands, byteOffset: i.byteOffset)
    }
    try beginWithValues(
      .bsInit, i, a: 1, c: try register(i, 5), jump: try label(i, 0),
      lowerHalf: .output(live: try live(i, 3), unit: unit), word: UInt(try heapWords(i, 2)))
  }

  private mutating func translatePut(
    _ i: GenericInstruction, _ kind: SegmentKind
  ) throws(LoadError) {
    try beginWithValues(
      .bsPut, i, a: 4, b: 1, jump: try label(i, 0),
      lowerHalf: .output(unit: try unit(i, 2), try segmentFlags(i, 3), kind))
  }

  private mutating func translatePutUnicode(
    _ i: GenericInstruction, _ kind: SegmentKind
  ) throws(LoadError) {
    try beginWithValues(
      .bsPut, i, a: 2, fieldB: .restField, jump: try label(i, 0),
      lowerHalf: .output(try segmentFlags(i, 1), kind))
  }

  private mutating func translateUnicodeSize(
    _ i: GenericInstruction, _ kind: SegmentKind
  ) throws(LoadError) {
    try beginWithValues(
      .bsUnicodeSize, i, a: 1, c: try register(i, 2), jump: try label(i, 0),
      lowerHalf: .output([], kind))
  }

  private mutating func translateFlatAdd(_ i: GenericInstruction) throws(LoadError) -> Bool {
    try beginWithValues(
      .bsAdd, i, a: 1, b: 2, c: try register(i, 4), jump: try label(i, 0),
      lowerHalf: .output(unit: try unit(i, 3)))
    return true
  }
}
