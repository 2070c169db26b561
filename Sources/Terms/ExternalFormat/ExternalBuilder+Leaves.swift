/// Terms that wait for no others.
extension ExternalBuilder {
  @inline(__always)
  func atom(_ name: ExternalReader.Name) throws(ExternalFormatError) -> Term {
    if name.isLatin1, !name.isASCII { return try wideAtom(name) }
    return try atom(utf8: name.bytes, offset: name.offset)
  }

  private func atom(
    utf8 name: UnsafeRawBufferPointer, offset: Int
  ) throws(ExternalFormatError) -> Term {
    if decoder.isSafe {
      guard let atom = decoder.atoms.existing(utf8: name) else {
        throw .init(.newAtom, offset: offset)
      }
      return atom
    }
    do {
      return try decoder.atoms.atom(utf8: name)
    } catch {
      throw .init(.atom(error), offset: offset)
    }
  }

  @inline(never)
  private func wideAtom(_ name: ExternalReader.Name) throws(ExternalFormatError) -> Term {
    try name.withUTF8 { utf8 in
      Result { () throws(ExternalFormatError) in try atom(utf8: utf8, offset: name.offset) }
    }.get()
  }

  mutating func integer(_ digits: ExternalReader.Digits) -> Term {
    if let small = digits.small { return small }
    let count = digits.words - 1
    let words = reserve(1 + count)
    words[0] = Header.bigInteger(digits: count, isNegative: digits.isNegative).bits
    words[count] = 0
    UnsafeMutableRawBufferPointer(start: words + 1, count: digits.bytes.count)
      .copyMemory(from: digits.bytes)
    return .boxed(at: words)
  }

  mutating func string(_ characters: UnsafeRawBufferPointer) -> Term {
    let count = characters.count
    if count == 0 { return .nil }
    let cells = reserve(2 &* count)
    var cell = cells
    for index in 0..<count {
      cell[0] = Term.small(Int(characters[index])).bits
      cell[1] = Term.cons(at: cell + 2).bits
      cell += 2
    }
    cell[-1] = Term.nil.bits
    return .cons(at: cells)
  }

  @inline(__always)
  mutating func binary(
    _ content: UnsafeRawBufferPointer, offset: Int
  ) throws(ExternalFormatError) -> Term {
    if let binaries = decoder.binaries, content.count > OffHeapBinary.heapLimit {
      return try handle(content, binaries, offset: offset &- content.count &- 5)
    }
    ensure(1 &+ Header.heapBinary(byteCount: content.count).arity)
    return cursor.makeHeapBinary(content)
  }

  @inline(never)
  private mutating func handle(
    _ content: UnsafeRawBufferPointer, _ binaries: any BinaryProvider, offset: Int
  ) throws(ExternalFormatError) -> Term {
    ensure(BinaryHandle.words)
    let binary: OffHeapBinary
    do {
      binary = try binaries.makeBinary(byteCount: content.count)
    } catch {
      throw .init(.binary(error), offset: offset)
    }
    UnsafeMutableRawBufferPointer(start: binary.bytes, count: content.count)
      .copyMemory(from: content)
    return cursor.makeBinaryHandle(binary, byteCount: content.count, list: &list)
  }

  mutating func bitString(
    _ bytes: UnsafeRawBufferPointer, lastBits: Int, offset: Int
  ) throws(ExternalFormatError) -> Term {
    let whole = try binary(bytes, offset: offset + bytes.count + 5)
    if lastBits == 8 { return whole }
    ensure(SubBinary.words)
    return cursor.makeSubBinary(
      of: whole, bitOffset: 0, bitCount: 8 * (bytes.count - 1) + lastBits)
  }

  // MARK: - Funs and identifiers

  mutating func export(
    _ parts: ExternalExportParts, offset: Int
  ) throws(ExternalFormatError) -> Term {
    guard let funs = decoder.funs else { throw .init(.noFunResolver, offset: offset) }
    let module = try atom(parts.module)
    let function = try atom(parts.function)
    if decoder.isSafe, !funs.isKnown(module: module, function: function, arity: parts.arity) {
      throw .init(.unknownFun, offset: offset)
    }
    let entry = funs.externalFunEntry(module: module, function: function, arity: parts.arity)
    ensure(Fun.words(free: 0))
    return cursor.makeFun(
      entry: entry, arity: parts.arity, free: 0, creator: .nil, isExternal: true)
  }

  /// Builds a local fun whose free variables are to come.
  mutating func fun(
    _ parts: ExternalFunParts, offset: Int
  ) throws(ExternalFormatError) -> Term {
    guard let funs = decoder.funs else { throw .init(.noFunResolver, offset: offset) }
    let name = LocalFunName(
      module: try atom(parts.module), index: parts.index, oldIndex: parts.oldIndex,
      oldUnique: parts.oldUnique, moduleDigest: parts.digest)
    let found = funs.localFunEntry(name, arity: parts.arity, freeCount: parts.free)
    guard let words = found else {
      throw .init(.unknownFun, offset: offset)
    }
    let creator = try identifier(parts.creator, offset: offset)
    ensure(Fun.words(free: parts.free))
    return cursor.makeFun(
      entry: words.entry, arity: parts.arity, free: parts.free, creator: creator,
      variant: words.variant)
  }

  mutating func identifier(
    _ parts: ExternalIdentifierParts, offset: Int
  ) throws(ExternalFormatError) -> Term {
    if decoder.isLocal(parts) { return try localIdentifier(parts, offset: offset) }
    let node = Node(name: try atom(parts.node), creation: parts.creation)
    ensure(parts.words(isLocal: false))
    switch parts.kind {
    case .pid: return cursor.makeExternalIdentifier(.externalPid, node: node, data: parts.data)
    case .port: return cursor.makeExternalIdentifier(.externalPort, node: node, data: parts.data)
    case .reference:
      let numbers = (0..<parts.numberCount).map { parts.numbers[$0] }
      return cursor.makeExternalReference(node: node, numbers: numbers)
    }
  }

  private mutating func localIdentifier(
    _ parts: ExternalIdentifierParts, offset: Int
  ) throws(ExternalFormatError) -> Term {
    if parts.kind == .reference {
      guard parts.isLocalReference else { throw .init(.badIdentifier, offset: offset) }
      ensure(parts.words(isLocal: true))
      let numbers = parts.numbers
      return cursor.makeLocalReference(numbers[0], numbers[1], numbers[2])
    }
    guard let number = parts.localNumber else { throw .init(.badIdentifier, offset: offset) }
    return parts.kind == .pid ? .pid(number) : .port(number)
  }
}

extension ExternalReader.Name {
  @inline(__always)
  var isASCII: Bool {
    var all: UInt8 = 0
    for index in 0..<bytes.count { all |= bytes[index] }
    return all < 0x80
  }
}
