/// Every case, in the order in which they run.
func allCases() -> [BenchmarkCase] {
  let erlang = ErlangRuntime()
  return sweepCases(erlang) + minorCases(erlang) + oldDataCases(erlang)
    + allocateCases(erlang)
    + programCases(erlang, load: loadProgram)
    + messageCases(erlang) + termCases(erlang) + bignumCases(erlang) + etfCases(erlang)
    + mapCases(erlang)
    + processHeapCases(erlang) + processCases(erlang) + tableCases(erlang) + carrierCases()
}
