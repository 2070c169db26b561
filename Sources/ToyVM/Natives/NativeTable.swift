import Tenure

/// A function written in Swift that programs call by an Erlang name.
///
/// It finds its arguments in `x[0..<arity]` and returns its result, or ``Term/none`` after it
/// made an exception pending; they must stand there then, for the trace tells them. One that builds ensures first and reads its arguments after:
/// `interpreter.ensure(words, live: arity)`.
typealias NativeBody = @Sendable (Interpreter, UnsafeMutablePointer<Term>) -> Term

/// The name, arity and body of a native function.
struct Native: Sendable {
  let module: String
  let function: String
  let arity: Int
  let body: NativeBody

  init(_ module: String, _ function: String, _ arity: Int, _ body: @escaping NativeBody) {
    self.module = module
    self.function = function
    self.arity = arity
    self.body = body
  }
}

/// The bodies of a machine's native functions, to be run as long as its ``NativeTable`` is there.
struct NativeBodies: @unchecked Sendable {
  // Unchecked: nothing changes once it is made.

  /// A body in an object that never changes: who runs it needs no reference to what it captures.
  fileprivate final class Entry: Sendable {
    let body: NativeBody
    init(_ body: @escaping NativeBody) { self.body = body }
  }

  fileprivate let entries: UnsafeMutablePointer<Unmanaged<Entry>>

  /// Runs the body at a place.
  @inline(__always)
  func run(_ place: Int, _ interpreter: Interpreter, _ x: UnsafeMutablePointer<Term>) -> Term {
    entries[place]._withUnsafeGuaranteedRef { $0.body(interpreter, x) }
  }
}

/// The native functions of a machine, each at a place that code can name.
final class NativeTable: @unchecked Sendable {
  // Unchecked: nothing changes once it is made.

  /// What runs them, without a reference to the table.
  let bodies: NativeBodies
  private let count: Int
  /// The name of a node that is not part of a network.
  let nodeName: Term
  private let applyName: Term
  private let places: [FunctionName: Int]

  /// Every native there is, by the file that holds it.
  private static var all: [Native] {
    erlangTermNatives + erlangListNatives + erlangNumberNatives + erlangTextNatives
      + erlangProcessNatives + operatorNatives + listsNatives + mathNatives + mapsNatives
      + tableNatives + binaryNatives + binarySearchNatives + hashNatives + externalNatives
      + unicodeNatives + persistentNatives + counterNatives + identifierNatives + systemNatives
      + calendarNatives + codeNatives + purgeNatives + zlibNatives + deviceNatives + fileNatives
      + fileSystemNatives + fileNameNatives + fileBufferNatives + regexNatives + numberPrefixNatives
  }

  init(atoms: AtomTable) {
    let natives = Self.all
    count = natives.count
    bodies = NativeBodies(entries: .allocate(capacity: count))
    for (place, native) in natives.enumerated() {
      (bodies.entries + place).initialize(to: .passRetained(NativeBodies.Entry(native.body)))
    }
    nodeName = (try? atoms.atom("nonode@nohost")) ?? .undefined
    applyName = (try? atoms.atom("apply")) ?? .undefined
    var places: [FunctionName: Int] = [:]
    for (place, native) in natives.enumerated() {
      // The names are ours: short, and few beside the smallest table.
      guard let module = try? atoms.atom(native.module),
        let function = try? atoms.atom(native.function)
      else { continue }
      places[FunctionName(module: module, function: function, arity: native.arity)] = place
    }
    self.places = places
  }

  deinit {
    for place in 0..<count { bodies.entries[place].release() }
    bodies.entries.deallocate()
  }

  /// The name of `erlang:apply/2` or `erlang:apply/3`, which the machine runs itself.
  func apply(arity: Int) -> FunctionName {
    FunctionName(module: .erlang, function: applyName, arity: arity)
  }

  /// Whether a name is that of `apply/2` or `apply/3`.
  func isApply(_ name: FunctionName) -> Bool {
    name.function == applyName && name.module == .erlang && (name.arity == 2 || name.arity == 3)
  }

  /// The place of a function, if it is native.
  func place(of name: FunctionName) -> Int? { places[name] }
}
