import Glibc

/// A line that is written where the program traps: a check deep down that fails ends the program by a
/// signal, and would not tell what had been going on. What the program's end would have been without the
/// line follows it: Swift's runtime writes where the thread was.
enum TrapReport {
  /// The line as bytes; written before the signal and never freed meanwhile.
  private nonisolated(unsafe) static var line: UnsafeMutableBufferPointer<UInt8>?
  private static let signals = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE]
  /// What was done at each signal before, by its number.
  private nonisolated(unsafe) static let before = {
    let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
    unsafe actions.initialize(repeating: sigaction(), count: 65)
    return unsafe actions
  }()

  /// Has this line written at the next trap, in place of the one before.
  static func prepare(_ text: String) {
    let bytes = Array(text.utf8)
    let next = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe next.initialize(from: bytes)
    let last = unsafe line
    unsafe line = next
    if let last = unsafe last { return unsafe last.deallocate() }
    // The first line: from here on the signals come to us.
    var action = sigaction()
    action.sa_flags = SA_SIGINFO | SA_ONSTACK
    // Only what a signal handler may call: no Swift object is touched.
    unsafe action.__sigaction_handler.sa_sigaction = { number, information, _ in
      if let line = unsafe TrapReport.line {
        _ = unsafe write(2, line.baseAddress, line.count)
      }
      unsafe sigaction(number, TrapReport.before + Int(number), nil)
      // What was sent does not come again by itself, as an instruction's trap does.
      if unsafe information.map({ unsafe $0.pointee.si_code <= 0 }) ?? true { raise(number) }
    }
    for number in signals { unsafe sigaction(number, &action, before + Int(number)) }
  }
}
