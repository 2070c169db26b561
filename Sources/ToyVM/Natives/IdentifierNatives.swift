import Tenure

/// Natives of module `erlang` that make references, and text of what has an identity.
var identifierNatives: [Native] {
  [
    Native("erlang", "make_ref", 0) { interpreter, _ in interpreter.makeReference() },
    Native("erlang", "ref_to_list", 1) { interpreter, x in
      text(interpreter, x[0]) { $0.isReference }
    },
    Native("erlang", "port_to_list", 1) { interpreter, x in
      text(interpreter, x[0]) { $0.isPort }
    },
    Native("erlang", "pid_to_list", 1) { interpreter, x in
      text(interpreter, x[0]) { $0.isPid }
    },
    Native("erlang", "fun_to_list", 1) { interpreter, x in text(interpreter, x[0]) { $0.isFun } },
    Native("erlang", "list_to_pid", 1) { interpreter, x in
      guard let numbers = numbers(interpreter, x[0], begin: "<", end: ">"), numbers.count == 3,
        numbers[0] == 0,
        let number = LocalIdentifier.number(identifier: numbers[1], serial: numbers[2])
      else { return interpreter.badArgument() }
      return .pid(number)
    },
    Native("erlang", "list_to_port", 1) { interpreter, x in
      guard let numbers = numbers(interpreter, x[0], begin: "#Port<", end: ">"),
        numbers.count == 2, numbers[0] == 0, numbers[1] < 1 << 60
      else { return interpreter.badArgument() }
      return .port(numbers[1])
    },
    Native("erlang", "list_to_ref", 1) { interpreter, x in
      // The number of the lowest weight comes last.
      guard let numbers = numbers(interpreter, x[0], begin: "#Ref<", end: ">"),
        numbers.count == 4, numbers[0] == 0, numbers[3] < 1 << 18,
        let second = UInt32(exactly: numbers[2]), let third = UInt32(exactly: numbers[1])
      else { return interpreter.badArgument() }
      guard interpreter.ensure(3, live: 0) else { return .none }
      return interpreter.build { $0.makeLocalReference(UInt32(numbers[3]), second, third) }
    },
    Native("erts_internal", "cmp_term", 2) { interpreter, x in
      guard let order = interpreter.compare(x[0], x[1]) else { return .none }
      return .small(order.signum())
    },
  ]
}

extension Interpreter {
  /// The words of a reference.
  static var referenceWords: Int { 3 }

  /// Builds a reference that the machine has not made before.
  func makeReference() -> Term {
    guard ensure(Self.referenceWords, live: 0) else { return .none }
    let number = code.objects.nextNumber()
    return build { $0.makeReference(number: number, mark: 0x0DD) }
  }
}

extension WordCursor {
  /// Builds a reference to an object of the machine: its number, below 2^50, and a mark of its kind.
  mutating func makeReference(number: UInt64, mark: UInt32) -> Term {
    makeLocalReference(
      UInt32(number & 0x3FFFF), UInt32(truncatingIfNeeded: number >> 18), mark)
  }
}

extension Term {
  /// The number of the object that a reference with a mark refers to; nothing for other terms.
  func number(ofReferenceMarked mark: UInt32) -> UInt64? {
    guard isBoxed(.reference), boxed[2] >> 32 == UInt(mark) else { return nil }
    return UInt64(boxed[1] | (boxed[2] & 0xFFFF_FFFF) << 18)
  }
}

private func text(
  _ interpreter: Interpreter, _ term: Term, _ isKind: (Term) -> Bool
) -> Term {
  guard isKind(term) else { return interpreter.badArgument() }
  guard let text = interpreter.writtenText(of: term) else { return .none }
  return interpreter.makeList(text, live: 0)
}

/// The numbers with dots between them in a list of characters.
private func numbers(
  _ interpreter: Interpreter, _ list: Term, begin: String, end: String
) -> [UInt]? {
  guard let bytes = interpreter.bytes(ofList: list) else { return nil }
  let text = String(decoding: bytes, as: UTF8.self)
  guard text.hasPrefix(begin), text.hasSuffix(end), text.utf8.count == bytes.count else {
    return nil
  }
  let inner = text.dropFirst(begin.count).dropLast(end.count)
  let parts = inner.split(separator: ".", omittingEmptySubsequences: false)
  let numbers = parts.compactMap { part in
    part.utf8.allSatisfy { 48...57 ~= $0 } ? UInt(part) : nil
  }
  return numbers.count == parts.count ? numbers : nil
}
