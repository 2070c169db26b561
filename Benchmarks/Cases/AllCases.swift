/// Every case, in the order in which they run.
func allCases() -> [BenchmarkCase] { [] }
