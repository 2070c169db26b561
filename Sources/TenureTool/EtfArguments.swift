/// What `tenure etf` is asked to do.
struct EtfArguments: Equatable {
  /// The path of the encoded term.
  var file = ""
  /// Print the words of the term, too.
  var printsSize = false
  /// Where the term is written, encoded again.
  var output: String?

  /// Reads the arguments behind the command's name.
  /// - Returns: nothing where help is asked for.
  static func read(_ arguments: ArraySlice<String>) throws(UsageError) -> EtfArguments? {
    var parsed = EtfArguments()
    var rest = arguments
    var files: [String] = []
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h": return nil
      case "--size": parsed.printsSize = true
      case "--reencode": parsed.output = try path(rest.popFirst())
      case "--":
        files += rest
        rest = []
      case _ where argument.hasPrefix("--reencode="):
        parsed.output = try path(String(argument.dropFirst("--reencode=".count)))
      case _ where argument.hasPrefix("-") && argument != "-":
        throw UsageError("unknown option \(printable(argument))")
      default: files.append(argument)
      }
    }
    guard let file = files.first, !file.isEmpty else { throw UsageError("'etf' needs a FILE") }
    if files.count > 1 { throw UsageError("'etf' takes one FILE, not \(printable(files[1])) too") }
    parsed.file = file
    return parsed
  }

  private static func path(_ value: String?) throws(UsageError) -> String {
    guard let value, !value.isEmpty else { throw UsageError("--reencode needs a file") }
    return value
  }
}
