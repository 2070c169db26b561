import Tenure

/// `tenure etf`: decodes an external term, prints it, and writes it back.
struct EtfCommand {
  private let arguments: EtfArguments
  private let atoms = AtomTable()
  private let memory = ToolMemory()
  private let funs = FunTable()

  init(arguments: EtfArguments) { self.arguments = arguments }

  /// Does it.
  func run() -> ExitCode {
    let bytes: [UInt8]
    do {
      bytes = try ToolFile.read(arguments.file)
    } catch {
      TextOutput.complain("cannot read \(printable(arguments.file)): \(error.description)")
      return .usage
    }
    let term: DecodedExternalTerm
    do {
      term = try decode(bytes)
    } catch {
      TextOutput.complain("\(printable(arguments.file)) is no external term: \(error)")
      return Self.exitCode(of: error)
    }
    guard term.byteCount == bytes.count else {
      TextOutput.complain(
        "\(printable(arguments.file)) is no external term: external term, byte "
          + "\(term.byteCount): \(bytes.count - term.byteCount) bytes behind its end")
      return .usage
    }
    do {
      let result = try finish(term)
      withExtendedLifetime(term) {}
      return result
    } catch {
      TextOutput.complain("\(error)")
      return .failure
    }
  }

  private func decode(_ bytes: [UInt8]) throws(ExternalFormatError) -> DecodedExternalTerm {
    let decoder = ExternalDecoder(
      atoms: atoms, scratch: memory, funs: funs, naming: funs, binaries: memory)
    let decoded = unsafe bytes.withUnsafeBytes { bytes in
      Result { () throws(ExternalFormatError) in
        try unsafe DecodedExternalTerm(bytes, by: decoder)
      }
    }
    return try decoded.get()
  }

  /// Memory refused is no fault of the file.
  private static func exitCode(of error: ExternalFormatError) -> ExitCode {
    switch error.reason {
    case .binary, .scratch, .atom(.tableFull), .atom(.outOfMemory): .failure
    default: .usage
    }
  }

  private func finish(_ decoded: DecodedExternalTerm) throws -> ExitCode {
    let printer = TermPrinter(atoms: atoms, scratch: memory, funs: funs)
    var lines = [try printer.text(of: decoded.term)]
    if arguments.printsSize {
      let flat = try TermSize.flatWords(of: decoded.term, scratch: memory)
      let shared = try TermSize.sharedWords(of: decoded.term, scratch: memory)
      lines.append("flat size    \(flat) words")
      lines.append("shared size  \(shared) words")
    }
    for line in lines {
      guard TextOutput.standard.writeLine(line) else {
        TextOutput.complain("the term could not be written to standard output")
        return .failure
      }
    }
    guard let path = arguments.output else { return .success }
    let encoder = ExternalEncoder(atoms: atoms, scratch: memory, funs: funs)
    do {
      try ToolFile.write(try encoder.encode(decoded.term), to: path)
    } catch let error as ToolFile.Failure {
      TextOutput.complain("cannot write \(printable(path)): \(error.description)")
      return .failure
    }
    return .success
  }
}
