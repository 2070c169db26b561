/// The files that a process has open, by the numbers of the references to them, and the buffers that
/// it has made. They end with the process.
final class OpenFiles {
  private struct Entry {
    let file: OpenFile
    /// The buffer that was made for it.
    var buffer: UInt64?
  }

  private let shared: FileBuffers
  private var entries: [UInt64: Entry] = [:]
  private var buffers: Set<UInt64> = []
  /// The file that was opened last and has no buffer yet.
  private var last: UInt64?

  init(sharing shared: FileBuffers) { self.shared = shared }

  deinit { for buffer in buffers { shared.remove(buffer) } }

  subscript(number: UInt64) -> OpenFile? { entries[number]?.file }

  func add(_ file: OpenFile, number: UInt64) {
    entries[number] = Entry(file: file)
    last = number
  }

  /// Lets go of a file, and of the buffer that was made for it.
  func remove(_ number: UInt64) -> OpenFile? {
    guard let entry = entries.removeValue(forKey: number) else { return nil }
    if let buffer = entry.buffer {
      buffers.remove(buffer)
      shared.remove(buffer)
    }
    return entry.file
  }

  /// Makes a buffer: for the file that was opened just before, if there is one.
  func addBuffer(_ number: UInt64) {
    if let last { entries[last]?.buffer = number }
    last = nil
    buffers.insert(number)
    shared.add(number)
  }
}

/// Bytes on their way between processes and files. A buffer is of the process that made it; others
/// may use it as long as that lives.
final class FileBuffers: @unchecked Sendable {
  // Unchecked: the buffers are touched under the lock only.
  private let lock = ThreadLock()
  private var buffers: [UInt64: FileBuffer] = [:]

  func add(_ number: UInt64) { lock.withLock { buffers[number] = FileBuffer() } }

  func remove(_ number: UInt64) { lock.withLock { buffers[number] = nil } }

  /// Looks at a buffer and changes it; one that is no more is empty, and stays so.
  func with<Result>(_ number: UInt64, _ body: (inout FileBuffer) -> Result) -> Result {
    lock.withLock {
      // Taken out, so that its bytes are not copied for a change.
      guard var buffer = buffers.updateValue(FileBuffer(), forKey: number) else {
        buffers[number] = nil
        var none = FileBuffer()
        return body(&none)
      }
      defer { buffers[number] = buffer }
      return body(&buffer)
    }
  }
}

/// A buffer, and whether a process keeps others out.
struct FileBuffer {
  var bytes = ByteQueue()
  var isLocked = false
}

/// Bytes that come in at one end and go out at the other.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var start = 0

  var count: Int { bytes.count - start }

  mutating func append(_ more: [UInt8]) {
    if start == bytes.count { (bytes, start) = ([], 0) }
    bytes += more
  }

  /// Takes bytes from the front.
  mutating func take(_ count: Int) -> [UInt8] {
    defer { drop(count) }
    return Array(bytes[start..<start + count])
  }

  /// Drops bytes at the front. What was dropped is let go of when it is more than what is left.
  mutating func drop(_ count: Int) {
    start += count
    if start > bytes.count / 2 {
      bytes.removeFirst(start)
      start = 0
    }
  }

  /// All bytes.
  var all: [UInt8] { Array(bytes[start...]) }

  /// How far from the front a byte stands first.
  func index(of byte: UInt8) -> Int? { bytes[start...].firstIndex(of: byte).map { $0 - start } }
}
