import Glibc

/// Threads that work side by side until all have ended.
enum StressThreads {
  /// Runs a piece of work on so many threads, each with its number from 0.
  /// - Returns: why a thread could not be made; those made have ended then, too.
  static func run(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) -> String? {
    var threads: [pthread_t] = []
    var refusal: Int32 = 0
    while threads.count < count && refusal == 0 {
      let start = Unmanaged.passRetained(ThreadStart(number: threads.count, work: work))
      var thread = pthread_t()
      refusal = pthread_create(&thread, nil, runStressThread, start.toOpaque())
      if refusal == 0 { threads.append(thread) } else { start.release() }
    }
    for thread in threads { pthread_join(thread, nil) }
    return refusal == 0 ? nil : "no thread: errno \(refusal)"
  }
}

/// What a thread is given.
private final class ThreadStart: Sendable {
  let number: Int
  let work: @Sendable (Int) -> Void

  init(number: Int, work: @escaping @Sendable (Int) -> Void) {
    self.number = number
    self.work = work
  }
}

/// The entry of a thread: free, so that it is no main actor's.
private func runStressThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { preconditionFailure("a thread without its start") }
  let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  start.work(start.number)
  return nil
}
