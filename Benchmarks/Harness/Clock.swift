import Glibc

/// Time that only moves forward, in nanoseconds.
enum Clock {
  static var nanoseconds: UInt64 { time(of: CLOCK_MONOTONIC) }

  /// What the calling thread alone has run.
  static var threadNanoseconds: UInt64 { time(of: CLOCK_THREAD_CPUTIME_ID) }

  private static func time(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

/// Nanoseconds that `work` takes.
@inline(__always)
func elapsed<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) -> Double {
  let start = Clock.nanoseconds
  try work()
  return Double(Clock.nanoseconds &- start)
}

extension Effort {
  /// Samples of `work`, each the nanoseconds it took divided by `units`.
  ///
  /// - Parameters:
  ///   - units: what one repetition handles, e.g. words.
  ///   - work: one repetition; the warm-ups call it as well.
  func samples<Failure: Error>(
    per units: Double, _ work: () throws(Failure) -> Void
  ) throws(Failure) -> [Double] {
    for _ in 0..<warmUps { try work() }
    var samples: [Double] = []
    for _ in 0..<repetitions { samples.append(try elapsed(work) / units) }
    return samples
  }
}
