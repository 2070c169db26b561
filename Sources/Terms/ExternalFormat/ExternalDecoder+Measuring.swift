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
      // Each takes a byte at least, so no claim can make the words outgrow the input.
      guard pending <= reader.remaining else { throw .init(.truncated, offset: bytes.count) }
      pending -= 1
      let at = reader.offset
      switch try reader.head() {
      case .immediate: break
      case .bigInteger(_, let digits): words += 1 + (digits.count + 7) / 8
      case .float: words += 2
      case .atom(let name): try check(name)
      case .binary(let content): words += 1 + Header.heapBinary(byteCount: content.count).arity
      case .string(let characters): words += 2 * characters.count
      case .list(let count):
        words += 2 * count
        pending += count + 1
      case .tuple(let arity):
        if arity > 0 { words += 1 + arity }
        pending += arity
      case .map(let size):
        guard size <= FlatMap.maximumSize else {
          throw .init(.unsupportedMapSize(size), offset: at)
        }
        words += Self.mapWords(size: size)
        pending += 2 * size
      case .export(let module, let function, _):
        guard funs != nil else { throw .init(.noFunResolver, offset: at) }
        try check(module)
        try check(function)
        words += Fun.words(free: 0)
      }
    }
    return (words, reader.offset)
  }

  /// The words of a flat map with its key tuple.
  static func mapWords(size: Int) -> Int {
    FlatMap.words(size: size) + (size > 0 ? 1 + size : 0)
  }

  /// Checks that a name can be an atom's.
  private func check(_ name: ExternalReader.Name) throws(ExternalFormatError) {
    let characters: Int
    if name.isLatin1 {
      characters = name.bytes.count
    } else {
      guard let counted = UTF8Decoding.countCodePoints(name.bytes) else {
        throw .init(.atom(.invalidUTF8), offset: name.offset)
      }
      characters = counted
    }
    guard characters <= AtomTable.maximumCharacters else {
      throw .init(.atom(.nameTooLong), offset: name.offset)
    }
  }
}
