import Glibc
import Terms

/// The container of a table's file: a log of byte strings, as module `disk_log` of OTP's kernel
/// writes it (format `internal`).
///
/// ```
///   01 02 03 04 | 63 58 4D 0B |                   a log, closed; 06 07 08 09: open, or left open
///   size | "bWLA" | bytes ...                     an item of less than 65,528 bytes
///   size | "bWLA" | MD5 of size | bytes ...       a larger one
/// ```
/// Numbers are of 32 bits, the first byte the highest.
enum TermLog {
  static let beginning: [UInt8] = [1, 2, 3, 4]
  static let closed: [UInt8] = [99, 88, 77, 11]
  static let open: [UInt8] = [6, 7, 8, 9]
  static let itemMark: [UInt8] = [0x62, 0x57, 0x4C, 0x41]
  /// From so many bytes on the size of an item has a digest.
  static let digestedByteCount = 65_528
  static let digestBytes = 16

  /// A number as it stands in the file.
  static func bytes(of size: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(size).bigEndian) { Array($0) }
  }

  /// The digest of the size of an item.
  static func digest(ofSize size: Int) -> [UInt8] {
    bytes(of: size).withUnsafeBytes { MD5.digest(of: $0) }
  }
}

/// A file of the system, closed at the end of this value.
struct LogFile: ~Copyable {
  let path: String
  private let descriptor: Int32

  /// Opens a file.
  init(_ path: String, flags: Int32) throws(TableFileError) {
    self.path = path
    descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw Self.failure(path) }
  }

  deinit { close(descriptor) }

  /// The error of the last call.
  static func failure(_ path: String) -> TableFileError {
    let number = errno
    return .system(path: path, number: number, reason: String(cString: strerror(number)))
  }

  /// The bytes of the file.
  func byteCount() throws(TableFileError) -> Int {
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw Self.failure(path) }
    return Int(status.st_size)
  }

  /// Reads up to so many bytes behind those read before.
  /// - Returns: none at the end.
  func read(upTo count: Int) throws(TableFileError) -> [UInt8] {
    var got = -1
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      repeat {
        got = Glibc.read(descriptor, buffer.baseAddress, count)
      } while got < 0
        && errno == EINTR
      initialized = max(0, got)
    }
    if got < 0 { throw Self.failure(path) }
    return bytes
  }

  /// Writes bytes behind those written before.
  func write(_ bytes: [UInt8]) throws(TableFileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.unsafelyUnwrapped + done, bytes.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw Self.failure(path) }
      done += count
    }
  }

  /// Waits until what was written is on the disk.
  func synchronize() throws(TableFileError) {
    if fsync(descriptor) != 0 { throw Self.failure(path) }
  }
}
