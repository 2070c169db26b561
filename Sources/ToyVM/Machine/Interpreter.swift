import Tenure

/// Runs the code of one process after the other: registers, exceptions and natives.
///
/// Owner thread only.
final class Interpreter {
  let system: MemorySystem
  let code: CodeStore
  let natives: NativeBodies
  /// What runs the processes.
  let schedulers: Schedulers
  /// The process whose code runs, from the first switch on.
  private(set) var current: MachineProcess!
  /// The library's half of it.
  var process: Process {
    _read {
      let half = half.unsafelyUnwrapped
      yield half.pointee
    }
    _modify {
      // No access to a property of this object lasts as long as that to the process.
      let half = half.unsafelyUnwrapped
      yield &half.pointee
    }
  }
  private var half: UnsafeMutablePointer<Process>?
  /// The pid of the process. Not inlined into the loop, which calls nothing of Swift's runtime.
  var pid: Term { @inline(never) get { current.pid } }
  let registers: MachineRegisters
  /// The X registers.
  let x: UnsafeMutablePointer<Term>
  /// Terms that every collection keeps, for natives and slow paths.
  let kept: UnsafeMutablePointer<Term>
  var heap: UnsafeMutablePointer<HeapState> { MachineRegisters.heap(beside: x) }
  let order: TermOrder
  var scratch: BlockScratch { system.heaps.scratch }
  var atoms: AtomTable { system.atoms }

  /// Where segments of a bit string go, one after the other.
  var bitOutput = BinaryOutput()
  /// Patterns that were compiled.
  var regexes = RegexCache()
  /// The exception on its way to a handler.
  var exception = PendingException()
  /// The refusal behind the last `system_limit`.
  var memoryRefusal: HeapError?
  /// The function that is called in place of a native, with the same arguments: what the native
  /// returned is no value then.
  var trap: UnsafeMutablePointer<ExportEntry>?
  /// Why a module could not be loaded on a call; ends the run.
  var loadFailure: LoadError?
  /// The rule of operands that a call broke; ends the run.
  var callFault: StaticString?
  /// Whether registers may refer to the message that is looked at.
  var looksAtMessage = false
  /// The instruction that called the native which runs.
  var callSite: UnsafeMutablePointer<UInt>
  /// Why the process stops at a call that it will make again, or at one that has ended.
  var pause: Pause?
  /// Whether the steps of this slice are the last ones.
  var endsWithSteps = false
  /// Whether the process is to end for the size of its heap, whatever it catches.
  private(set) var isBeyondLimit = false
  /// Whether registers beyond the live ones are cleared, as checked code needs it.
  var clearsDeadRegisters = false
  /// What the heap of the process had counted when its collections were last added to the run's.
  private var counted = HeapCounters()
  /// About how many bytes the text of a term may take.
  var textByteLimit = Int.max
  /// The table that a native worked on last.
  var lastTable: Table?

  init(schedulers: Schedulers) {
    self.schedulers = schedulers
    system = schedulers.system
    code = schedulers.code
    natives = schedulers.code.natives.bodies
    registers = MachineRegisters()
    textByteLimit = schedulers.options.textByteLimit
    clearsDeadRegisters = schedulers.options.checksOperands
    x = registers.x
    callSite = code.haltCode
    kept = registers.kept
    order = TermOrder(
      atoms: system.atoms, scratch: system.heaps.scratch, funs: code)
  }

  deinit { registers.deallocate() }

  /// Takes over a process, which goes on where it stopped.
  func `switch`(to process: MachineProcess) {
    current = process
    half = process.process
    registers.setHeap(process.process.pointee.heap.state)
    process.restore(to: x)
    if clearsDeadRegisters {
      (x + process.live).update(repeating: .nil, count: MachineRegisters.xCount - process.live)
    }
    memoryRefusal = nil
    isBeyondLimit = false
    counted = process.process.pointee.heap.counters
    looksAtMessage = false
  }

  /// Lets go of the process.
  func leave() {
    current = nil
    half = nil
  }

  /// Adds the collections of the process to the run's.
  func countCollections() {
    let counters = process.heap.counters
    schedulers.collections.add(counters, since: counted)
    counted = counters
  }

  /// Makes sure that words can be built.
  ///
  /// - Parameter live: the X registers that hold terms; the kept registers always do.
  /// - Returns: whether there is room; if not, `system_limit` is the pending exception.
  func ensure(_ words: Int, live: Int) -> Bool {
    if heap.pointee.hasRoom(words: words) { return true }
    // As in ERTS with its JIT, a collection finds the return address of its own call on the
    // stack; the reserved words have room for it.
    bitOutput = BinaryOutput()
    if looksAtMessage { process.attachMessage() }
    process.heap.push(Term(bits: UInt(bitPattern: code.haltCode)))
    defer { _ = process.heap.pop() }
    do {
      var roots = registers.roots(live: live)
      try process.makeRoom(words: words, roots: &roots)
      if clearsDeadRegisters {
        (x + live).update(repeating: .nil, count: MachineRegisters.xCount - live)
      }
      return true
    } catch {
      refuse(error)
      return false
    }
  }

  /// Makes `system_limit` pending where memory was refused; beyond the limit of its heap the
  /// process ends, whatever it catches.
  func refuse(_ error: HeapError) {
    note(error)
    // Whatever was to be told of arguments: they may not be there any more.
    raiseError(.systemLimit, beginning: .place)
  }

  /// Notes a refusal: beyond the limit of its heap the process ends.
  func note(_ error: HeapError) {
    memoryRefusal = error
    if case .limitReached = error { isBeyondLimit = true }
  }

  /// Builds terms within what was ensured.
  @inline(__always)
  func build<Result>(_ body: (inout WordCursor) -> Result) -> Result {
    var cursor = WordCursor(top: heap.pointee.top, limit: heap.pointee.stackTop)
    let result = body(&cursor)
    heap.pointee.top = cursor.top
    return result
  }

  /// The value of a key in the process dictionary, or `undefined`.
  func dictionaryValue(_ key: Term) -> Term {
    do {
      return try process.dictionary.value(of: key, scratch: scratch) ?? .undefined
    } catch {
      raiseScratchExhausted(error)
      return .none
    }
  }

  /// Ends with `system_limit` where working memory was refused, or a text is beyond its limit:
  /// then no memory was.
  func raiseScratchExhausted(_ error: ScratchExhausted) {
    memoryRefusal = (error.cause as? MemoryError).map { .outOfMemory($0) }
    raise(.error, .systemLimit)
  }
}
