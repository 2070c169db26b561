import Stress

/// What `tenure stress` is asked to do.
struct StressArguments: Equatable {
  /// The name of a stress that there is.
  var name = ""
  /// How long it goes on; one round at least.
  var seconds = 10
  /// The seed of the first round; nothing where any will do.
  var seed: UInt64?
  /// How many threads a round has, where that can be said.
  var threads: Int?

  /// Reads the arguments behind the command's name.
  /// - Returns: nothing where help is asked for.
  static func read(_ arguments: ArraySlice<String>) throws(UsageError) -> StressArguments? {
    var parsed = StressArguments()
    var rest = arguments
    var names: [String] = []
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h": return nil
      case "--seconds": parsed.seconds = try number(rest.popFirst(), of: argument)
      case "--seed": parsed.seed = try number(rest.popFirst(), of: argument)
      case "--threads": parsed.threads = try number(rest.popFirst(), of: argument)
      case _ where argument.hasPrefix("--seconds="):
        parsed.seconds = try number(value(argument), of: "--seconds")
      case _ where argument.hasPrefix("--seed="):
        parsed.seed = try number(value(argument), of: "--seed")
      case _ where argument.hasPrefix("--threads="):
        parsed.threads = try number(value(argument), of: "--threads")
      case _ where argument.hasPrefix("-"):
        throw UsageError("unknown option \(printable(argument))")
      default: names.append(argument)
      }
    }
    let known = NamedStress.all.map(\.name).joined(separator: ", ")
    guard let name = names.first else { throw UsageError("'stress' needs a NAME: \(known)") }
    if names.count > 1 {
      throw UsageError("'stress' takes one NAME, not \(printable(names[1])) too")
    }
    guard let stress = NamedStress.all.first(where: { $0.name == name }) else {
      throw UsageError("there is no stress \(printable(name)), but there are: \(known)")
    }
    if let threads = parsed.threads {
      if stress.threads == nil { throw UsageError("'stress \(name)' takes no --threads") }
      guard 1...256 ~= threads else {
        throw UsageError("--threads needs a number from 1 to 256, not \(threads)")
      }
    }
    parsed.name = name
    return parsed
  }

  private static func value(_ argument: String) -> String? {
    argument.firstIndex(of: "=").map { String(argument[argument.index(after: $0)...]) }
  }

  private static func number<Number: FixedWidthInteger>(
    _ text: String?, of option: String
  ) throws(UsageError) -> Number {
    guard let text, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Number(text)
    else { throw UsageError("\(option) needs a number, not \(printable(text ?? ""))") }
    return number
  }
}
