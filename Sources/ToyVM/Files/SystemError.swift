import Glibc

/// An error of the operating system.
struct SystemError: Error, Equatable {
  let number: Int32

  /// The error of the call that failed last in this thread.
  static var last: SystemError { SystemError(number: errno) }

  static let invalid = SystemError(number: EINVAL)

  /// What Erlang calls it: its name in C, in lower case.
  var name: String { Self.names[number] ?? "unknown" }

  private static let names: [Int32: String] = [
    E2BIG: "e2big", EACCES: "eacces", EAGAIN: "eagain", EBADF: "ebadf", EBUSY: "ebusy",
    ECHILD: "echild", EDEADLK: "edeadlk", EDOM: "edom", EDQUOT: "edquot", EEXIST: "eexist",
    EFAULT: "efault", EFBIG: "efbig", EINTR: "eintr", EINVAL: "einval", EIO: "eio",
    EISDIR: "eisdir", ELOOP: "eloop", EMFILE: "emfile", EMLINK: "emlink",
    ENAMETOOLONG: "enametoolong", ENFILE: "enfile", ENODEV: "enodev", ENOENT: "enoent",
    ENOEXEC: "enoexec", ENOLCK: "enolck", ENOMEM: "enomem", ENOSPC: "enospc", ENOSYS: "enosys",
    ENOTBLK: "enotblk", ENOTDIR: "enotdir", ENOTEMPTY: "enotempty", ENOTSUP: "enotsup",
    ENOTTY: "enotty", ENXIO: "enxio", EOVERFLOW: "eoverflow", EPERM: "eperm", EPIPE: "epipe",
    ERANGE: "erange", EROFS: "erofs", ESPIPE: "espipe", ESRCH: "esrch", ESTALE: "estale",
    ETIMEDOUT: "etimedout", ETXTBSY: "etxtbsy", EXDEV: "exdev",
  ]

  /// Calls the system, again where a signal broke the call off.
  ///
  /// - Returns: what it returned, which is no negative number.
  /// - Throws: its error.
  @discardableResult
  static func checked<Result: SignedInteger>(
    _ call: () -> Result
  ) throws(SystemError) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { throw .last }
    }
  }
}
