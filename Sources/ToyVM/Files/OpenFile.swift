import Glibc

/// How a file is opened.
struct FileModes: OptionSet {
  let rawValue: Int

  static let read = FileModes(rawValue: 1)
  static let write = FileModes(rawValue: 2)
  /// Every write goes to the end.
  static let append = FileModes(rawValue: 4)
  /// The file must not be there yet.
  static let exclusive = FileModes(rawValue: 8)
  /// A write returns when its bytes are on the disk.
  static let synchronous = FileModes(rawValue: 16)
  static let directory = FileModes(rawValue: 32)
  static let anyType = FileModes(rawValue: 64)

  /// The mode of an option of `file:open/2`; nothing for those that are not the system's.
  init?(option: String) {
    switch option {
    case "read": self = .read
    case "write": self = .write
    case "append": self = .append
    case "exclusive": self = .exclusive
    case "sync": self = .synchronous
    case "directory": self = .directory
    case "skip_type_check": self = .anyType
    default: return nil
    }
  }

  init(rawValue: Int) { self.rawValue = rawValue }

  /// What implies writing implies it; what says nothing reads.
  var completed: FileModes {
    if !isDisjoint(with: [.append, .exclusive]) { return union(.write) }
    return isDisjoint(with: [.read, .write]) ? union(.read) : self
  }

  /// The flags of `open(2)`.
  var flags: Int32 {
    var flags: Int32 = contains(.write) ? (contains(.read) ? O_RDWR : O_WRONLY) : O_RDONLY
    if contains(.write) {
      flags |= O_CREAT
      if !contains(.read) && !contains(.append) { flags |= O_TRUNC }
    }
    if contains(.append) { flags |= O_APPEND }
    if contains(.exclusive) { flags |= O_EXCL }
    if contains(.synchronous) { flags |= O_SYNC }
    if contains(.directory) { flags |= O_DIRECTORY }
    return flags | O_CLOEXEC
  }
}

/// A file that a process has open. It is closed with the last reference to it.
final class OpenFile {
  private(set) var descriptor: Int32

  /// Opens a file: a regular one, or `/dev/null`, unless told otherwise.
  init(path: [CChar], modes: FileModes) throws(SystemError) {
    let modes = modes.completed
    descriptor = try SystemError.checked { open(path, modes.flags, 0o666) }
    if modes.contains(.directory) || modes.contains(.anyType) { return }
    var (found, null) = (stat(), stat())
    guard fstat(descriptor, &found) == 0 else {
      let error = SystemError.last
      close(descriptor)
      throw error
    }
    let isNull = stat("/dev/null", &null) == 0 && found.st_rdev == null.st_rdev
    if found.st_mode & S_IFMT != S_IFREG && !(found.st_mode & S_IFMT == S_IFCHR && isNull) {
      close(descriptor)
      throw SystemError(number: EISDIR)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Closes the file before its time.
  func end() throws(SystemError) {
    let closing = descriptor
    descriptor = -1
    // Not again where a signal came: the descriptor may be another's by then.
    if close(closing) != 0 && errno != EINTR { throw .last }
  }

  // MARK: - Bytes

  /// Reads as many bytes as there are, at most so many, from where the file stands.
  func read(_ count: Int) throws(SystemError) -> [UInt8] {
    try gather(count) { Glibc.read(descriptor, $0, $1) }
  }

  /// Reads from a place, at most so many bytes; the file stands where it stood.
  func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
    var place = offset
    return try gather(count) { buffer, count in
      let got = pread(descriptor, buffer, count, place)
      place += max(0, got)
      return got
    }
  }

  /// Reads in pieces until there are so many bytes or no more: what is asked for may be far more
  /// than there is.
  private func gather(
    _ count: Int, _ read: (UnsafeMutableRawPointer, Int) -> Int
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var pieceSize = 1 << 16
    while bytes.count < count {
      let wanted = min(count - bytes.count, pieceSize)
      var error: SystemError?
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, got in
        do throws(SystemError) {
          got = try SystemError.checked { read(buffer.baseAddress.unsafelyUnwrapped, wanted) }
        } catch let failure {
          error = failure
        }
      }
      if let error { throw error }
      if piece.isEmpty { break }
      bytes += piece
      pieceSize = min(2 * pieceSize, 1 << 24)
    }
    return bytes
  }

  /// Writes all bytes where the file stands, or at its end.
  func write(_ bytes: [UInt8]) throws(SystemError) {
    try spread(bytes) { buffer, count, _ in Glibc.write(descriptor, buffer, count) }
  }

  /// Writes all bytes at a place; the file stands where it stood.
  func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    try spread(bytes) { buffer, count, done in pwrite(descriptor, buffer, count, offset + done) }
  }

  private func spread(
    _ bytes: [UInt8], _ write: (UnsafeRawPointer, Int, Int) -> Int
  ) throws(SystemError) {
    try bytes.withUnsafeBufferPointer { (bytes) throws(SystemError) in
      guard let base = bytes.baseAddress else { return }
      var done = 0
      while done < bytes.count {
        done += try SystemError.checked { write(base + done, bytes.count - done, done) }
      }
    }
  }

  // MARK: - Place and size

  /// What a place is counted from.
  enum Origin: String {
    case start = "bof"
    case current = "cur"
    case end = "eof"
  }

  /// Moves to a place.
  /// - Returns: it, counted from the beginning.
  func move(to offset: Int, from origin: Origin) throws(SystemError) -> Int {
    let whence =
      switch origin {
      case .start: SEEK_SET
      case .current: SEEK_CUR
      case .end: SEEK_END
      }
    return try SystemError.checked { lseek(descriptor, offset, whence) }
  }

  /// Ends the file where it stands.
  func truncate() throws(SystemError) {
    let place = try move(to: 0, from: .current)
    try SystemError.checked { ftruncate(descriptor, place) }
  }

  /// Makes sure that there is room on the disk.
  func allocate(at offset: Int, count: Int) throws(SystemError) {
    // This one returns its error.
    let number = posix_fallocate(descriptor, offset, count)
    if number != 0 { throw SystemError(number: number) }
  }

  /// Says how a range will be used.
  func advise(at offset: Int, count: Int, _ advice: Int32) throws(SystemError) {
    let number = posix_fadvise(descriptor, offset, count, advice)
    if number != 0 { throw SystemError(number: number) }
  }

  /// Returns when what was written is on the disk.
  func synchronize(dataOnly: Bool) throws(SystemError) {
    try SystemError.checked { dataOnly ? fdatasync(descriptor) : fsync(descriptor) }
  }
}
