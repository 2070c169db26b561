/// Terms that hold no terms.
extension ExternalTraversal where Sink: ~Copyable {
  /// Encodes a term that holds none.
  /// - Parameter term: no cons.
  /// - Returns: false, with nothing done, where it holds terms.
  @inline(__always)
  mutating func leaf(_ term: Term) throws(ExternalEncodeError) -> Bool {
    if term.isImmediate {
      immediate(term)
      return true
    }
    let words = term.boxed
    let header = Header(bits: words[0])
    switch header.subtag {
    case .tuple:
      if header.arity > 0 { return false }
      sink.number(ExternalTag.smallTuple, UInt8(0))
      return true
    case .float: float(Double(bitPattern: UInt64(words[1])))
    case .heapBinary:
      sink.number(ExternalTag.binary, UInt32(truncatingIfNeeded: term.heapBinaryBytes.count))
      sink.bytes(term.heapBinaryBytes)
    case .map, .fun: return false
    default: try rareLeaf(term, words, header)
    }
    return true
  }

  @inline(__always)
  mutating func immediate(_ term: Term) {
    if term.isSmall {
      small(term.smallValue)
    } else if term.isAtom {
      atom(term)
    } else if term.isNil {
      sink.byte(ExternalTag.nil)
    } else {
      localIdentifier(term)
    }
  }

  @inline(__always)
  private mutating func small(_ value: Int) {
    if 0...255 ~= value {
      sink.number(ExternalTag.smallInteger, UInt8(truncatingIfNeeded: value))
    } else if let number = Int32(exactly: value) {
      sink.number(ExternalTag.integer, number)
    } else {
      largeSmall(value)
    }
  }

  @inline(never)
  private mutating func largeSmall(_ value: Int) {
    let byteCount = (UInt.bitWidth - value.magnitude.leadingZeroBitCount + 7) / 8
    sink.number(ExternalTag.smallBig, UInt8(byteCount))
    sink.byte(value < 0 ? 1 : 0)
    sink.digits(value.magnitude, byteCount: byteCount)
  }

  @inline(__always)
  mutating func atom(_ atom: Term) {
    let name = atoms.nameBytes(of: atom)
    sink.atom(name, form: ExternalAtomForm(padded: name, minorVersion: minorVersion))
  }

  @inline(__always)
  private mutating func float(_ value: Double) {
    if minorVersion == .zero { return textFloat(value) }
    sink.number(ExternalTag.newFloat, value.bitPattern)
  }

  /// A float as text of 31 bytes, filled up with zeros.
  @inline(never)
  private mutating func textFloat(_ value: Double) {
    var text: [UInt8] = []
    text.reserveCapacity(31)
    FloatText.appendLong(value, to: &text)
    precondition(text.count < 31, "a float of \(text.count) characters")
    text.append(contentsOf: repeatElement(0, count: 31 - text.count))
    sink.byte(ExternalTag.float)
    text.withUnsafeBytes { sink.bytes($0) }
  }

  // MARK: - Rare ones

  /// The most bytes of a binary that are copied with what is around them.
  private static var mostCopied: Int { 512 }

  private mutating func binary(_ bytes: UnsafeRawBufferPointer) throws(ExternalEncodeError) {
    sink.number(ExternalTag.binary, try checked(bytes.count))
    // So many bytes are off the heap, where no collection moves them.
    if bytes.count > Self.mostCopied { sink.lastingBytes(bytes) } else { sink.bytes(bytes) }
  }

  @inline(never)
  private mutating func rareLeaf(
    _ term: Term, _ words: Words, _ header: Header
  ) throws(ExternalEncodeError) {
    switch header.subtag {
    case .positiveBigInteger, .negativeBigInteger: try bigInteger(words, header)
    case .binaryHandle: try binary(BinaryHandle.bytes(at: words))
    case .subBinary: try bitString(term.bitRange)
    case .reference: localReference(words)
    case .externalPid: externalPid(words)
    case .externalPort: externalPort(words)
    case .externalReference: externalReference(words)
    default:
      preconditionFailure("no encoding for the header 0x\(String(header.bits, radix: 16))")
    }
  }

  private mutating func bigInteger(
    _ words: Words, _ header: Header
  ) throws(ExternalEncodeError) {
    let digits = header.arity
    let byteCount = digits * 8 - words[digits].leadingZeroBitCount / 8
    if byteCount < 256 {
      sink.number(ExternalTag.smallBig, UInt8(truncatingIfNeeded: byteCount))
    } else {
      sink.number(ExternalTag.largeBig, try checked(byteCount))
    }
    sink.byte(header.isNegative ? 1 : 0)
    sink.bytes(UnsafeRawBufferPointer(start: words + 1, count: byteCount))
  }

  private mutating func bitString(_ bits: BitRange) throws(ExternalEncodeError) {
    if let bytes = bits.alignedBytes { return try binary(bytes) }
    let byteCount = try checked(bits.byteCount)
    if bits.tailBits == 0 {
      sink.number(ExternalTag.binary, byteCount)
    } else {
      sink.number(ExternalTag.bitBinary, byteCount)
      sink.byte(UInt8(truncatingIfNeeded: bits.tailBits))
    }
    sink.bits(bits)
  }
}

// MARK: - Pids, ports and references

extension ExternalTraversal where Sink: ~Copyable {
  /// From this number on, a port needs the newest encoding.
  private static var widePort: UInt { 1 << 28 }

  private var creation: UInt32 { encoder.node?.creation ?? 0 }

  private mutating func nodeAtom() {
    encoder.nodeAtom.withUnsafeBytes { sink.bytes($0) }
  }

  @inline(never)
  mutating func localIdentifier(_ term: Term) {
    let number = term.identifierNumber
    if term.isLocalPid {
      sink.byte(ExternalTag.newPid)
      nodeAtom()
      pidNumbers(
        LocalIdentifier.identifier(of: number), serial: LocalIdentifier.serial(of: number))
    } else {
      precondition(term.isLocalPort, "no encoding for the word 0x\(String(term.bits, radix: 16))")
      sink.byte(number < Self.widePort ? ExternalTag.newPort : ExternalTag.portV4)
      nodeAtom()
      portNumber(number)
    }
    sink.number(creation)
  }

  private mutating func pidNumbers(_ identifier: UInt, serial: UInt) {
    sink.number(UInt32(truncatingIfNeeded: identifier))
    sink.number(UInt32(truncatingIfNeeded: serial))
  }

  private mutating func portNumber(_ number: UInt) {
    if number < Self.widePort {
      sink.number(UInt32(truncatingIfNeeded: number))
    } else {
      sink.number(UInt64(number))
    }
  }

  private mutating func localReference(_ words: Words) {
    let count = LocalReference.identifyingNumbers
    sink.number(ExternalTag.newerReference, UInt16(truncatingIfNeeded: count))
    nodeAtom()
    sink.number(creation)
    for index in 0..<count { sink.number(LocalReference.number(index, at: words)) }
  }

  private mutating func externalPid(_ words: Words) {
    let node = ExternalIdentifier.node(at: words)
    let data = ExternalIdentifier.data(at: words)
    sink.byte(ExternalTag.newPid)
    atom(node.name)
    pidNumbers(data & 0xFFFF_FFFF, serial: data >> 32)
    sink.number(node.creation)
  }

  private mutating func externalPort(_ words: Words) {
    let node = ExternalIdentifier.node(at: words)
    let number = ExternalIdentifier.data(at: words)
    sink.byte(number < Self.widePort ? ExternalTag.newPort : ExternalTag.portV4)
    atom(node.name)
    portNumber(number)
    sink.number(node.creation)
  }

  private mutating func externalReference(_ words: Words) {
    let node = ExternalIdentifier.node(at: words)
    let count = ExternalIdentifier.numberCount(at: words)
    sink.number(ExternalTag.newerReference, UInt16(truncatingIfNeeded: count))
    atom(node.name)
    sink.number(node.creation)
    for index in 0..<count { sink.number(ExternalIdentifier.number(index, at: words)) }
  }
}
