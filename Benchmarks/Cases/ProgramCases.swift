/// What runs compiled programs: loads a `.beam` file once, and answers a function that runs its
/// `main/0` in a fresh process.
typealias ProgramLoader = (_ path: String) throws -> () throws -> ProgramRun

/// One run of a program.
struct ProgramRun {
  /// What `main/0` returned, as `~w` prints it.
  let answer: String
  /// Nanoseconds inside the machine, collections included.
  let nanoseconds: UInt64
  /// Nanoseconds of all collections' pauses.
  let collectorNanoseconds: UInt64
}

/// The programs of Benchmarks/Programs, whole: start-up and loading are not in the times. Those
/// that need modules of an installed Erlang find them in its directories.
func programCases(_ erlang: ErlangRuntime, load: @escaping ProgramLoader) -> [BenchmarkCase] {
  let programs =
    [
      "fib", "tak", "nrev", "quicksort", "binary_trees", "queens", "fannkuch", "sieve",
      "spectral_norm", "nbody", "factorial", "deep_recursion", "churn", "two_list_queue", "ring",
      "echo", "spawning", "table_counters", "map_building", "binary_append",
    ] + (InstalledLibrary.directories.isEmpty ? [] : ["server", "compiler_run"])
  return programs.map { program in
    BenchmarkCase(
      name: "program/\(program)", unit: "ms",
      peers: [ErlangScript(module: "programs", runtime: erlang)]
    ) { effort in
      let run = try load(BenchmarkFolder.path("Programs/\(program).beam"))
      var answer = ""
      var time: (inAll: UInt64, collecting: UInt64) = (0, 0)
      let samples = try effort.samples(per: 1_000_000) {
        let one = try run()
        answer = one.answer
        time.inAll += one.nanoseconds
        time.collecting += one.collectorNanoseconds
      }
      return Measurement(
        samples: samples, check: answer,
        collectorShare: Double(time.collecting) / Double(time.inAll))
    }
  }
}
