import Glibc
import Synchronization
import Tenure

/// Natives of module `os` that read and change the environment.
var environmentNatives: [Native] {
  [
    Native("os", "getenv", 0, allEnvironment),
    Native("os", "getenv", 1) { interpreter, x in environmentVariable(interpreter, x) ?? .false },
    Native("os", "getenv", 2) { interpreter, x in environmentVariable(interpreter, x) ?? x[1] },
    Native("os", "env", 0, allPairs),
    Native("os", "putenv", 2) { interpreter, x in
      guard let name = characters(x[0]), let value = characters(x[1]), !name.contains("=") else {
        return interpreter.badArgument()
      }
      return environment.withLock { _ in .boolean(name.isEmpty || setenv(name, value, 1) == 0) }
    },
    Native("os", "unsetenv", 1) { interpreter, x in
      guard let name = characters(x[0]), !name.contains("=") else {
        return interpreter.badArgument()
      }
      return environment.withLock { _ in .boolean(name.isEmpty || unsetenv(name) == 0) }
    },
  ]
}

/// Held where the environment is touched: the C library lets one thread at a time change it, and
/// nobody read meanwhile.
private let environment = Mutex(())

/// The entries of the environment, `NAME=VALUE`.
private func entries() -> [String] {
  environment.withLock { _ in
    var strings: [String] = []
    var place = environ
    while let string = place.pointee {
      strings.append(String(cString: string))
      place += 1
    }
    return strings
  }
}

private func allEnvironment(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let strings = entries().map { $0.unicodeScalars.map(\.value) }
  guard interpreter.ensure(strings.reduce(0) { $0 + 2 + 2 * $1.count }, live: 0) else {
    return .none
  }
  return interpreter.build { cursor in
    var list = Term.nil
    for string in strings {
      list = cursor.makeCons(cursor.makeList(string.map { .small(Int($0)) }), list)
    }
    return list
  }
}

/// `os:env()`: `[{Name, Value}]`.
private func allPairs(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let pairs = entries().compactMap { entry -> (name: [UInt32], value: [UInt32])? in
    let scalars = entry.unicodeScalars.map(\.value)
    guard let end = scalars.firstIndex(of: UInt32(UInt8(ascii: "="))) else { return nil }
    return (Array(scalars[..<end]), Array(scalars[(end + 1)...]))
  }
  let words = pairs.reduce(0) { $0 + 5 + 2 * ($1.name.count + $1.value.count) }
  guard interpreter.ensure(words, live: 0) else { return .none }
  return interpreter.build { cursor in
    var list = Term.nil
    for (name, value) in pairs.reversed() {
      let name = cursor.makeList(name.map { .small(Int($0)) })
      let value = cursor.makeList(value.map { .small(Int($0)) })
      list = cursor.makeCons(cursor.makeTuple(name, value), list)
    }
    return list
  }
}

/// The text of a list of code points; nothing where it is none, or has a zero, which ends a name in C.
private func characters(_ list: Term) -> String? {
  var text = String.UnicodeScalarView()
  var rest = list
  while rest.isCons {
    guard rest.cons[0].isSmall, let value = UInt32(exactly: rest.cons[0].smallValue), value > 0,
      let scalar = Unicode.Scalar(value)
    else { return nil }
    text.append(scalar)
    rest = rest.cons[1]
  }
  return rest.isNil ? String(text) : nil
}

/// The value of the variable in x0 as a list of code points; nothing where there is none.
private func environmentVariable(_ interpreter: Interpreter, _ x: Arguments) -> Term? {
  guard let name = characters(x[0]) else { return interpreter.badArgument() }
  let value = environment.withLock { _ in getenv(name).map { String(cString: $0) } }
  return value.map { interpreter.makeList($0.unicodeScalars.map(\.value), live: 2) }
}
