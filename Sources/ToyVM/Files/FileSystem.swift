import Glibc

/// What is done with files by their paths, each a string of C.
enum FileSystem {
  typealias Path = [CChar]

  /// What is known of a file.
  struct Information {
    let status: stat
    /// `none`, `read`, `write` or `read_write`: what this program may do with it.
    let access: String

    init(path: Path, followsLinks: Bool) throws(SystemError) {
      var found = stat()
      try SystemError.checked { followsLinks ? stat(path, &found) : lstat(path, &found) }
      status = found
      access = Self.access(
        reads: Glibc.access(path, R_OK) == 0, writes: Glibc.access(path, W_OK) == 0)
    }

    /// What is known of an open file.
    init(descriptor: Int32) throws(SystemError) {
      var found = stat()
      try SystemError.checked { fstat(descriptor, &found) }
      status = found
      let path = "/proc/self/fd/\(descriptor)"
      access = Self.access(
        reads: Glibc.access(path, R_OK) == 0, writes: Glibc.access(path, W_OK) == 0)
    }

    private static func access(reads: Bool, writes: Bool) -> String {
      if reads { return writes ? "read_write" : "read" }
      return writes ? "write" : "none"
    }

    /// The kind of the file as Erlang tells it.
    var kind: String {
      switch status.st_mode & S_IFMT {
      case S_IFREG: "regular"
      case S_IFDIR: "directory"
      case S_IFLNK: "symlink"
      case S_IFCHR, S_IFBLK: "device"
      default: "other"
      }
    }
  }

  /// All bytes of a file.
  static func bytes(of path: Path) throws(SystemError) -> [UInt8] {
    try OpenFile(path: path, modes: .read).read(.max)
  }

  /// The names in a directory, in no order, without the two that every one has.
  static func names(in path: Path) throws(SystemError) -> [[UInt8]] {
    guard let directory = opendir(path) else { throw .last }
    defer { closedir(directory) }
    var names: [[UInt8]] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8) && name != Array("..".utf8) { names.append(name) }
    }
    return names
  }

  /// Where a symbolic link leads.
  static func target(ofLink path: Path) throws(SystemError) -> [UInt8] {
    var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = try SystemError.checked {
      target.withUnsafeMutableBytes { target in
        target.withMemoryRebound(to: CChar.self) { target in
          readlink(path, target.baseAddress.unsafelyUnwrapped, target.count)
        }
      }
    }
    return Array(target[..<count])
  }

  static func delete(_ path: Path) throws(SystemError) {
    do {
      try SystemError.checked { unlink(path) }
    } catch {
      // What POSIX asks for, where Linux says EISDIR.
      throw error.number == EISDIR ? SystemError(number: EPERM) : error
    }
  }

  static func rename(_ path: Path, to target: Path) throws(SystemError) {
    do {
      try SystemError.checked { Glibc.rename(path, target) }
    } catch {
      // A directory in the way that is not empty is told as one that is there.
      throw error.number == ENOTEMPTY ? SystemError(number: EEXIST) : error
    }
  }

  static func makeDirectory(_ path: Path) throws(SystemError) {
    try SystemError.checked { mkdir(path, 0o777) }
  }

  static func deleteDirectory(_ path: Path) throws(SystemError) {
    do {
      try SystemError.checked { rmdir(path) }
    } catch {
      guard error.number == ENOTEMPTY || error.number == EEXIST else { throw error }
      throw SystemError(number: holdsCurrentDirectory(path) ? EINVAL : EEXIST)
    }
  }

  /// Whether a directory is the current one.
  private static func holdsCurrentDirectory(_ path: Path) -> Bool {
    var (one, other) = (stat(), stat())
    guard stat(path, &one) == 0, stat(".", &other) == 0 else { return false }
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }

  static func currentDirectory() throws(SystemError) -> [UInt8] {
    guard let path = getcwd(nil, 0) else { throw .last }
    defer { free(path) }
    return Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
  }

  static func setCurrentDirectory(_ path: Path) throws(SystemError) {
    try SystemError.checked { chdir(path) }
  }

  static func link(_ path: Path, as new: Path) throws(SystemError) {
    try SystemError.checked { Glibc.link(path, new) }
  }

  static func linkSymbolically(_ path: Path, as new: Path) throws(SystemError) {
    try SystemError.checked { symlink(path, new) }
  }

  static func setPermissions(_ path: Path, _ mode: UInt32) throws(SystemError) {
    try SystemError.checked { chmod(path, mode & 0o7777) }
  }

  /// Sets owner and group; -1 leaves one as it is.
  static func setOwner(_ path: Path, user: Int, group: Int) throws(SystemError) {
    try SystemError.checked {
      chown(path, uid_t(truncatingIfNeeded: user), gid_t(truncatingIfNeeded: group))
    }
  }

  /// Sets when a file was read and changed last, in seconds since 1970.
  static func setTimes(_ path: Path, read: Int, changed: Int) throws(SystemError) {
    var times = utimbuf(actime: read, modtime: changed)
    try SystemError.checked { utime(path, &times) }
  }
}
