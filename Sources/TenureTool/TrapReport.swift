import Glibc

/// A line that is written, and exit code 1, where the program traps: a check deep down that fails
/// ends the program by a signal, and would not tell what had been going on.
enum TrapReport {
  /// The line as bytes; written before the signal and never freed meanwhile.
  private nonisolated(unsafe) static var line: UnsafeMutableBufferPointer<UInt8>?

  /// Has this line written at the next trap, in place of the one before.
  static func prepare(_ text: String) {
    let bytes = Array(text.utf8)
    let next = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = unsafe next.initialize(from: bytes)
    let before = unsafe line
    unsafe line = next
    if let before = unsafe before { unsafe before.deallocate() }
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] {
      // Only what a signal handler may call: no Swift object is touched.
      _ = signal(number) { _ in
        if let line = unsafe TrapReport.line {
          _ = unsafe write(2, line.baseAddress, line.count)
        }
        _exit(1)
      }
    }
  }
}
