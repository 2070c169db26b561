/// What runs compiled programs: loads a `.beam` file once, and answers a function that runs its
/// `main/0` in a fresh process and returns the value as `~w` prints it.
typealias ProgramLoader = (_ path: String) throws -> () throws -> String

/// The programs of Benchmarks/Programs, whole: start-up and loading are not in the times.
func programCases(_ erlang: ErlangRuntime, load: @escaping ProgramLoader) -> [BenchmarkCase] {
  let programs = [
    "fib", "tak", "nrev", "quicksort", "binary_trees", "queens", "fannkuch", "sieve",
    "spectral_norm", "nbody", "factorial", "deep_recursion", "churn", "two_list_queue",
  ]
  return programs.map { program in
    BenchmarkCase(
      name: "program/\(program)", unit: "ms",
      peers: [ErlangScript(module: "programs", runtime: erlang)]
    ) { effort in
      let run = try load(BenchmarkFolder.path("Programs/\(program).beam"))
      var answer = ""
      let samples = try effort.samples(per: 1_000_000) { answer = try run() }
      return Measurement(samples: samples, check: answer)
    }
  }
}
