/// What `tenure run` is asked to do.
struct RunArguments: Equatable {
  /// How statistics are written.
  enum StatisticsFormat: Equatable {
    case text
    case json
  }

  /// The path of the module.
  var program = ""
  /// The arguments of the program.
  var arguments: [String] = []
  /// The name of the function that is called.
  var function = "main"
  /// Where modules are loaded from on their first call.
  var directories: [String] = []
  /// Print what the function returns.
  var prints = false
  /// Write statistics at the end, and how.
  var statistics: StatisticsFormat?
  /// Collect at every n-th ensure; 0 leaves it to the rules.
  var zeal = 0
  /// Verify the heap after every collection.
  var verifies = false
  /// Move the block of a heap at every ensure.
  var movesBlocks = false
  /// Check each operand of the code as it runs.
  var checksOperands = false
  /// The threads that run processes; nothing for as many as there are cores.
  var schedulers: Int?
  /// The most bytes the whole system may hold committed.
  var budgetBytes: Int?
  /// The most words of a message that is copied without its sharing; nothing where sharing is kept.
  var flatteningLimitWords: Int?
  /// The number of the request for memory that fails.
  var failingRequest: Int?
}
