import Foundation
import Synchronization

/// Says what was being done when the process crashes: a crash ends a test before it can tell.
///
/// Each thread of work has a line; a handler of the fatal signals writes all of them.
enum CrashNote {
  private static let lineBytes = 200
  private static let lineCount = 16
  nonisolated(unsafe) private static let lines: UnsafeMutablePointer<CChar> = {
    let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: lineBytes * lineCount)
    bytes.initialize(repeating: 0, count: lineBytes * lineCount)
    for signal in [SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGFPE] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        for line in 0..<CrashNote.lineCount {
          let text = CrashNote.lines + line * CrashNote.lineBytes
          _ = write(2, text, strlen(text))
        }
        _ = Foundation.signal(number, SIG_DFL)
        raise(number)
      }
      sigaction(signal, &action, nil)
    }
    return bytes
  }()

  /// Sets the line of one thread of work.
  static func set(_ text: String, line: Int) {
    let place = lines + line % lineCount * lineBytes
    _ = text.withCString { strncpy(place, $0, lineBytes - 1) }
  }
}
