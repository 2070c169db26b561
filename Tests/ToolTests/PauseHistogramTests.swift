import Tenure
import TestKit
import Testing

@Suite struct PauseHistogramTests {
  @Test func noPauseIsZero() {
    let histogram = PauseHistogram()
    #expect(histogram.count == 0)
    #expect(histogram.percentile(50) == 0)
    #expect(histogram.maximumNanoseconds == 0)
  }

  @Test func onePauseIsEveryPercentile() {
    var histogram = PauseHistogram()
    histogram.record(nanoseconds: 1_234_567)
    for percent in [0, 1, 50, 99, 100] {
      #expect(histogram.percentile(percent) == 1_234_567)
    }
    #expect(histogram.totalNanoseconds == 1_234_567)
  }

  @Test func theLongestPauseThereIsFits() {
    var histogram = PauseHistogram()
    histogram.record(nanoseconds: .max)
    histogram.record(nanoseconds: 0)
    #expect(histogram.percentile(100) == .max)
    #expect(histogram.percentile(50) == 0)
  }

  @Test func shortPausesAreExact() {
    var histogram = PauseHistogram()
    for pause in 1...60 { histogram.record(nanoseconds: UInt64(pause)) }
    #expect(histogram.percentile(50) == 30)
    #expect(histogram.percentile(99) == 60)
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func percentilesAreThoseOfTheSortedPauses(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var histogram = PauseHistogram()
    var pauses: [UInt64] = []
    for _ in 0..<1000 {
      let pause =
        UInt64.random(in: 0...UInt64.max, using: &random)
        >> UInt64.random(in: 10..<64, using: &random)
      pauses.append(pause)
      histogram.record(nanoseconds: pause)
    }
    pauses.sort()
    for percent in 1...100 {
      let exact = pauses[percent * 10 - 1]
      let given = histogram.percentile(percent)
      #expect(given >= exact, "seed \(seed), percent \(percent)")
      #expect(Double(given) <= Double(exact) * (1 + 1.0 / 32), "seed \(seed), percent \(percent)")
    }
    #expect(histogram.maximumNanoseconds == pauses[999], "seed \(seed)")
    #expect(histogram.count == 1000)
  }
}
