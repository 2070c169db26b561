/// What the command line asks for.
struct BenchmarkOptions {
  static let help = """
    usage: swift run -c release benchmarks [FILTER...] [--peers] [--json OUT] [--quick]
      FILTER      only cases whose names begin so, e.g. sweep or program/fib
      --peers     measure the same work elsewhere, in the same run (needs erl)
      --json OUT  also write the rows to the file OUT
      --quick     fewer repetitions: under a minute in all
      --help      this text
    """

  /// Prefixes of case names; none means every case.
  var filters: [String] = []
  /// Measure the peers too.
  var measuresPeers = false
  /// Repeat less.
  var isQuick = false
  /// Where JSON goes.
  var jsonPath: String?
  /// Print the help text and do nothing.
  var showsHelp = false

  init(arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--peers": measuresPeers = true
      case "--quick": isQuick = true
      case "--help", "-h": showsHelp = true
      case "--json":
        guard let path = rest.popFirst() else { throw UsageError("--json needs a file name") }
        jsonPath = path
      case _ where argument.hasPrefix("-"): throw UsageError("unknown option \(argument)")
      default: filters.append(argument)
      }
    }
  }

  /// The cases asked for, in the order of the list.
  /// - Throws: ``UsageError`` if a filter selects none: a misspelt name must not look like success.
  func select(from cases: [BenchmarkCase]) throws(UsageError) -> [BenchmarkCase] {
    for filter in filters where !cases.contains(where: { $0.name.hasPrefix(filter) }) {
      throw UsageError("no case begins with \(filter)")
    }
    if filters.isEmpty && !isQuick { return cases }
    if filters.isEmpty {
      let short = cases.filter { !$0.isLong }
      complain("\(cases.count - short.count) long cases are left out; name them to measure them")
      return short
    }
    return cases.filter { candidate in filters.contains { candidate.name.hasPrefix($0) } }
  }
}

/// A command line that cannot be obeyed.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ problem: String) { description = "\(problem); try --help" }
}
