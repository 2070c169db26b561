/// What a pid, port or reference is made of.
struct ExternalIdentifierParts {
  enum Kind {
    case pid, port, reference
  }

  var kind: Kind
  var node: ExternalReader.Name
  var creation: UInt32 = 0
  /// A pid's `serial << 32 | number`, a port's number.
  var data: UInt = 0
  /// The numbers of a reference, that of the lowest weight first.
  var numbers = InlineArray<5, UInt32>(repeating: 0)
  var numberCount = 0

  /// The words of the object, of this node or of another.
  func words(isLocal: Bool) -> Int {
    switch (kind, isLocal) {
    case (.reference, true): LocalReference.words(numbers: 3)
    case (.reference, false): ExternalIdentifier.referenceWords(numbers: numberCount)
    case (_, true): 0
    case (_, false): ExternalIdentifier.words
    }
  }

  /// The number of the pid or port as one of this node, or nothing where it has more bits than fit.
  var localNumber: UInt? {
    switch kind {
    case .pid: LocalIdentifier.number(identifier: data & 0xFFFF_FFFF, serial: data >> 32)
    case .port: data >> 60 == 0 ? data : nil
    case .reference: nil
    }
  }

  /// Whether the numbers of a reference are such as this node writes: 3; less are filled up.
  var isLocalReference: Bool { numberCount <= 3 && numbers[0] < Self.firstNumberLimit }

  /// The first number has 18 bits, the others 32.
  static var firstNumberLimit: UInt32 { 1 << 18 }
  /// The old encodings have a creation of two bits.
  static var oldCreationLimit: UInt32 { 4 }
}

extension ExternalReader {
  /// Reads a pid, port or reference whose tag was read.
  @inline(never)
  mutating func identifier(_ tag: UInt8) throws(ExternalFormatError) -> ExternalIdentifierParts {
    let at = offset - 1
    var numberCount = 1
    if tag == ExternalTag.newReference || tag == ExternalTag.newerReference {
      numberCount = Int(try number(UInt16.self))
      guard numberCount <= 5 else { throw .init(.badIdentifier, offset: at) }
    }
    let node = try name(or: .badIdentifier, offset: at)
    switch tag {
    case ExternalTag.pid, ExternalTag.newPid:
      var parts = ExternalIdentifierParts(kind: .pid, node: node)
      parts.data = UInt(try number(UInt32.self))
      parts.data |= UInt(try number(UInt32.self)) << 32
      parts.creation = try creation(isOld: tag == ExternalTag.pid, at)
      return parts
    case ExternalTag.port, ExternalTag.newPort, ExternalTag.portV4:
      var parts = ExternalIdentifierParts(kind: .port, node: node)
      parts.data =
        tag == ExternalTag.portV4
        ? UInt(try number(UInt64.self)) : UInt(try number(UInt32.self))
      parts.creation = try creation(isOld: tag == ExternalTag.port, at)
      return parts
    default:
      return try reference(tag, node, numberCount, at)
    }
  }

  private mutating func creation(
    isOld: Bool, _ at: Int
  ) throws(ExternalFormatError) -> UInt32 {
    guard isOld else { return try number(UInt32.self) }
    let creation = UInt32(try byte())
    guard creation < ExternalIdentifierParts.oldCreationLimit else {
      throw .init(.badIdentifier, offset: at)
    }
    return creation
  }

  /// Reads a reference behind its node. In the oldest encoding the number comes first.
  private mutating func reference(
    _ tag: UInt8, _ node: Name, _ count: Int, _ at: Int
  ) throws(ExternalFormatError) -> ExternalIdentifierParts {
    var parts = ExternalIdentifierParts(kind: .reference, node: node)
    parts.numberCount = count
    if tag == ExternalTag.reference {
      parts.numbers[0] = try number(UInt32.self)
      parts.creation = try creation(isOld: true, at)
    } else {
      parts.creation = try creation(isOld: tag == ExternalTag.newReference, at)
      for index in 0..<count { parts.numbers[index] = try number(UInt32.self) }
    }
    if tag != ExternalTag.newerReference,
      parts.numbers[0] >= ExternalIdentifierParts.firstNumberLimit
    {
      throw .init(.badIdentifier, offset: at)
    }
    return parts
  }
}
