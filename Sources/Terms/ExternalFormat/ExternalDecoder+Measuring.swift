/// The first pass: checks, and counts words. It needs no stack: all that matters of the terms
/// around a term is how many terms are still to come.
extension ExternalDecoder {
  func measure(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(ExternalFormatError) -> (words: Int, offset: Int) {
    var reader = ExternalReader(bytes, offset: start)
    var words = 0
    var pending = 1
    while pending > 0 {
      pending &-= 1
      let tag = try reader.byte()
      switch tag {
      case ExternalTag.smallInteger: try reader.skip(1)
      case ExternalTag.integer: try reader.skip(4)
      case ExternalTag.nil: break
      case ExternalTag.atom, ExternalTag.smallAtom, ExternalTag.atomUTF8,
        ExternalTag.smallAtomUTF8:
        _ = try reader.name(tag)
      case ExternalTag.smallTuple, ExternalTag.largeTuple:
        let arity =
          tag == ExternalTag.smallTuple ? Int(try reader.byte()) : try reader.termCount()
        if arity > 0 { words &+= 1 &+ arity }
        pending &+= arity
        // Each takes a byte at least, so no claim can make the words outgrow the input.
        guard pending <= reader.remaining else { throw reader.truncated }
      case ExternalTag.list:
        let count = try reader.termCount()
        words &+= 2 &* count
        pending &+= count &+ 1
        guard pending <= reader.remaining else { throw reader.truncated }
      case ExternalTag.string:
        let count = Int(try reader.number(UInt16.self))
        try reader.skip(count)
        words &+= 2 &* count
      case ExternalTag.binary:
        let count = Int(try reader.number(UInt32.self))
        try reader.skip(count)
        words &+= binaryWords(byteCount: count)
      case ExternalTag.newFloat:
        _ = try reader.newFloat()
        words &+= 2
      case ExternalTag.map:
        let size = try reader.termCount(bytesEach: 2)
        words &+= mapWords(size: size)
        pending &+= 2 &* size
        guard pending <= reader.remaining else { throw reader.truncated }
      default:
        let (more, terms) = try measureRare(tag, &reader)
        words &+= more
        pending &+= terms
      }
    }
    return (words, reader.offset)
  }

  /// The kinds that are rare.
  /// - Returns: the words, and the terms that follow.
  @inline(never)
  private func measureRare(
    _ tag: UInt8, _ reader: inout ExternalReader
  ) throws(ExternalFormatError) -> (words: Int, terms: Int) {
    let at = reader.offset - 1
    switch tag {
    case ExternalTag.smallBig, ExternalTag.largeBig:
      let digits = try reader.digits(
        byteCount: tag == ExternalTag.smallBig
          ? Int(try reader.byte()) : Int(try reader.number(UInt32.self)))
      return (digits.small == nil ? digits.words : 0, 0)
    case ExternalTag.float:
      _ = try reader.textFloat()
      return (2, 0)
    case ExternalTag.bitBinary:
      let (bytes, bits) = try Self.bitString(&reader)
      return (binaryWords(byteCount: bytes.count) + (bits < 8 ? SubBinary.words : 0), 0)
    case ExternalTag.pid, ExternalTag.newPid, ExternalTag.port, ExternalTag.newPort,
      ExternalTag.portV4, ExternalTag.reference, ExternalTag.newReference,
      ExternalTag.newerReference:
      return (try identifierWords(try reader.identifier(tag), offset: at), 0)
    case ExternalTag.export:
      guard funs != nil else { throw .init(.noFunResolver, offset: at) }
      _ = try reader.export()
      return (Fun.words(free: 0), 0)
    case ExternalTag.newFun:
      guard funs != nil else { throw .init(.noFunResolver, offset: at) }
      let parts = try reader.fun()
      let creator = try identifierWords(parts.creator, offset: at)
      return (Fun.words(free: parts.free) + creator, parts.free)
    default: throw .init(.unsupportedTag(tag), offset: at)
    }
  }

  // MARK: - Sizes of kinds

  /// The words of a binary of whole bytes: on the heap, or a handle.
  @inline(__always)
  private func binaryWords(byteCount: Int) -> Int {
    if binaries != nil && byteCount > OffHeapBinary.heapLimit { return BinaryHandle.words }
    return 1 &+ Header.heapBinary(byteCount: byteCount).arity
  }

  private func identifierWords(
    _ parts: ExternalIdentifierParts, offset: Int
  ) throws(ExternalFormatError) -> Int {
    let isLocal = isLocal(parts)
    if isLocal {
      let isSound = parts.kind == .reference ? parts.isLocalReference : parts.localNumber != nil
      guard isSound else { throw .init(.badIdentifier, offset: offset) }
    }
    return parts.words(isLocal: isLocal)
  }

  /// Reads a bit string: its bytes, and how many bits of the last count. Those of none are 8.
  static func bitString(
    _ reader: inout ExternalReader
  ) throws(ExternalFormatError) -> (bytes: UnsafeRawBufferPointer, lastBits: Int) {
    let at = reader.offset - 1
    let byteCount = Int(try reader.number(UInt32.self))
    let bits = Int(try reader.byte())
    let bytes = try reader.take(byteCount)
    guard byteCount == 0 ? bits == 0 : 1...8 ~= bits else {
      throw .init(.badBitString, offset: at)
    }
    return (bytes, byteCount == 0 ? 8 : bits)
  }

  /// The most words of a map.
  @inline(__always)
  private func mapWords(size: Int) -> Int {
    if size <= FlatMap.maximumSize {
      return FlatMap.words(size: size) &+ (size > 0 ? 1 &+ size : 0)
    }
    return ExternalHashMaps.words(pairs: size)
  }
}
