import Glibc
import Tenure

/// Natives of module `erlang` that make lists and binaries of names and bytes, and names of them.
var erlangTextNatives: [Native] {
  atomTextNatives + byteNatives + binaryPartNatives + [
    Native("erlang", "display", 1, display)
  ]
}

// MARK: - Printing

extension Interpreter {
  /// The text of a term as `~w` writes it, or nothing after an exception was made pending.
  func writtenText(of term: Term) -> [UInt8]? {
    var text: [UInt8] = []
    do {
      let printer = TermPrinter(
        atoms: atoms, scratch: scratch, funs: code, byteLimit: textByteLimit)
      try printer.append(term, to: &text)
    } catch {
      raiseScratchExhausted(error)
      return nil
    }
    return text
  }
}

/// Writes a term and the end of a line to the standard output.
private func display(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard var text = interpreter.writtenText(of: x[0]) else { return .none }
  text.append(UInt8(ascii: "\n"))
  fflush(nil)  // What was printed before stands before.
  return text.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = write(
        STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno != EINTR { return interpreter.badArgument() }
      rest = rest.dropFirst(max(0, written))
    }
    return .true
  }
}
