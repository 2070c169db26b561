import Tenure

/// The X registers with the arguments of a native.
typealias Arguments = UnsafeMutablePointer<Term>

/// Results that many natives build. Each makes an exception pending where there is no room.
extension Interpreter {
  /// The most elements of a tuple, as in ERTS.
  static var largestTuple: Int { (1 << 24) - 1 }

  /// Builds a tuple whose elements a closure stores; `badarg` beyond the largest.
  ///
  /// - Parameters:
  ///   - live: the X registers that hold terms.
  ///   - fill: stores each element; reads its terms from roots, for they may have moved.
  func makeTuple(
    arity: Int, live: Int, _ fill: (_ elements: UnsafeMutablePointer<Term>) -> Void
  ) -> Term {
    if arity == 0 { return .emptyTuple }
    guard arity <= Self.largestTuple else { return badArgument() }
    guard ensure(1 + arity, live: live) else { return .none }
    return build { cursor in
      let tuple = Term.boxed(at: cursor.makeTuple(arity: arity))
      if let elements = tuple.tupleElements.baseAddress { fill(elements) }
      return tuple
    }
  }

  /// Builds a list of small integers.
  func makeList(_ values: some BidirectionalCollection<some BinaryInteger>, live: Int) -> Term {
    guard ensure(2 * values.count, live: live) else { return .none }
    return build { cursor in
      var list = Term.nil
      for value in values.reversed() { list = cursor.makeCons(.small(Int(value)), list) }
      return list
    }
  }

  /// Builds a binary: outside the heap where it is large.
  func makeBinary(_ bytes: [UInt8], live: Int) -> Term {
    makeBinary(byteCount: bytes.count, live: live) { $0.copyBytes(from: bytes) }
  }

  /// Builds a binary whose bytes a closure stores.
  func makeBinary(
    byteCount: Int, live: Int, _ fill: (_ bytes: UnsafeMutableRawBufferPointer) -> Void
  ) -> Term {
    guard let built = makeBitString(bits: 8 * byteCount, live: live) else { return .none }
    fill(UnsafeMutableRawBufferPointer(mutating: built.term.wholeBinaryBytes))
    return built.term
  }

  /// Builds a binary within what was ensured: at most ``WordCursor/mostWordsOfPart`` words.
  func makeBinaryWithin(_ bytes: [UInt8]) -> Term {
    if bytes.count <= OffHeapBinary.heapLimit {
      return bytes.withUnsafeBytes { bytes in build { $0.makeHeapBinary(bytes) } }
    }
    guard let binary = makeOffHeapBinary(byteCount: bytes.count) else { return .none }
    bytes.withUnsafeBytes { bytes in
      let start = UnsafeMutableRawPointer(
        mutating: binary.wholeBinaryBytes.baseAddress.unsafelyUnwrapped)
      if let base = bytes.baseAddress { start.copyMemory(from: base, byteCount: bytes.count) }
    }
    return binary
  }

  /// The bytes of a binary, or nothing for any other term.
  func bytes(ofBinary term: Term) -> [UInt8]? {
    guard term.isBinary else { return nil }
    return withBytes(of: term) { Array($0) }
  }

  /// Calls a closure with the bytes of a binary: where they stand, if they begin with a byte there.
  func withBytes<Result>(
    of binary: Term, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    let range = binary.bitRange
    if let bytes = range.alignedBytes { return try body(bytes) }
    let copy = [UInt8](unsafeUninitializedCapacity: range.byteCount) { bytes, count in
      if let base = bytes.baseAddress { range.copy(to: base) }
      count = range.byteCount
    }
    return try copy.withUnsafeBytes(body)
  }

  /// Builds an integer of a word.
  func makeInteger(_ value: Int, live: Int) -> Term {
    guard ensure(IntegerArithmetic.wordsForInteger(value), live: live) else { return .none }
    return build { IntegerArithmetic.makeInteger(value, into: &$0) }
  }

  /// Ends a native that has not the working memory it needs.
  func exhausted(_ error: ScratchExhausted) -> Term {
    raiseScratchExhausted(error)
    return .none
  }

  /// Ends a native that asks for more than the machine allows.
  func systemLimit() -> Term {
    raise(.error, .systemLimit)
    return .none
  }
}

extension Interpreter {
  /// The atom of a name, or nothing after an exception was made pending.
  func atom(_ name: String) -> Term? {
    var name = name
    return name.withUTF8 { atom(utf8: UnsafeRawBufferPointer($0)) }
  }

  /// The atom of a name in UTF-8, or nothing after an exception was made pending: `system_limit`
  /// where the name is too long or there is no room for it.
  func atom(utf8 name: UnsafeRawBufferPointer) -> Term? {
    do {
      return try atoms.atom(utf8: name)
    } catch .invalidUTF8 {
      raise(.error, .badArgument)
    } catch {
      raise(.error, .systemLimit)
    }
    return nil
  }
}
