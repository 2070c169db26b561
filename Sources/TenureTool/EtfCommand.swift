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
    let term: DecodedFile
    do {
      term = try DecodedFile(bytes, atoms: atoms, memory: memory, funs: funs)
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

  /// Memory refused is no fault of the file.
  private static func exitCode(of error: ExternalFormatError) -> ExitCode {
    switch error.reason {
    case .binary, .scratch, .atom(.tableFull), .atom(.outOfMemory): .failure
    default: .usage
    }
  }

  private func finish(_ decoded: DecodedFile) throws -> ExitCode {
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

/// The term of a file, in memory of its own.
@safe  // The words are the object's own until its end.
private final class DecodedFile {
  let term: Term
  /// The bytes of its encoding.
  let byteCount: Int
  private let words: UnsafeMutablePointer<UInt>
  private let list: OffHeapList
  private let memory: ToolMemory

  init(
    _ bytes: [UInt8], atoms: AtomTable, memory: ToolMemory, funs: FunTable
  ) throws(ExternalFormatError) {
    let decoder = ExternalDecoder(
      atoms: atoms, scratch: memory, funs: funs, naming: funs, binaries: memory)
    let built = unsafe bytes.withUnsafeBytes { bytes in
      unsafe Result { () throws(ExternalFormatError) in try unsafe Self.build(bytes, decoder) }
    }
    let result = try unsafe built.get()
    term = unsafe result.term
    byteCount = unsafe result.byteCount
    unsafe words = result.words
    list = unsafe result.list
    self.memory = memory
  }

  deinit {
    var list = list
    list.releaseAll(to: memory)
    unsafe words.deallocate()
  }

  private typealias Built = (
    term: Term, byteCount: Int, words: UnsafeMutablePointer<UInt>, list: OffHeapList
  )

  /// Builds the term; where its maps take more words than were counted, in so many.
  private static func build(
    _ bytes: UnsafeRawBufferPointer, _ decoder: ExternalDecoder
  ) throws(ExternalFormatError) -> Built {
    let measured = try unsafe decoder.measure(bytes)
    var count = max(1, measured.words)
    while true {
      let words = UnsafeMutablePointer<UInt>.allocate(capacity: count)
      var cursor = unsafe WordCursor(top: words, limit: words + count)
      var list = OffHeapList()
      do throws(ExternalFormatError) {
        let term = try unsafe decoder.decode(bytes, into: &cursor, list: &list)
        return unsafe (term, measured.byteCount, words, list)
      } catch {
        unsafe words.deallocate()
        guard case .moreWords(let needed) = error.reason else { throw error }
        count = max(needed, 2 * count)
      }
    }
  }
}
