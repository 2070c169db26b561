import Glibc
import Synchronization
import Tenure

/// Runs the processes of one run of a machine on some threads, until the first process has ended.
///
/// Each thread has a queue of runnable processes and takes from those of others where its own is
/// empty. A process that becomes runnable goes to the queue of the thread that made it so; others
/// are woken for it where it is not the only one there.
final class Schedulers: @unchecked Sendable {
  // Unchecked: what changes is atomic, or touched under the lock only.

  /// The calls after which a process gives way, as in ERTS.
  static let sliceSteps = 4000
  /// What a millisecond of waiting counts as, where steps are limited.
  static let stepsPerMillisecond = 100

  let system: MemorySystem
  let code: CodeStore
  let options: RunOptions
  let directory = ProcessDirectory()
  let timers = Timers()
  let collections = CollectionTotals()
  let queues: [RunQueue]
  private let idle = ThreadLock()
  private let idleCount = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private let stepsLeft: Atomic<Int>
  private let lastRuntime = Atomic<Int>(0)
  private let lastWallClock = Atomic<Int>(0)
  /// What processes are begun with that ask for nothing (`erlang:system_flag/2`).
  private let defaults: Mutex<HeapOptions>
  /// How processes are traced that are begun from now on, and whether they are at all.
  private let tracing = Mutex<CollectionTracing?>(nil)
  private let tracesNew = Atomic<Bool>(false)
  /// How the run ended; the lock guards it.
  private var end: RunSummary?
  private(set) var main = Term.undefined
  private let threadKey: pthread_key_t

  init(system: MemorySystem, code: CodeStore, options: RunOptions) {
    self.system = system
    self.code = code
    self.options = options
    queues = (0..<min(RunOptions.mostSchedulers, max(1, options.schedulers))).map { _ in RunQueue()
    }
    stepsLeft = Atomic(options.steps)
    defaults = Mutex(system.configuration.heapOptions)
    var key = pthread_key_t()
    let status = pthread_key_create(&key, nil)
    precondition(status == 0, "no key for what a thread knows of itself: \(status)")
    threadKey = key
  }

  deinit { pthread_key_delete(threadKey) }

  var threadCount: Int { queues.count }

  /// Runs until the process that was begun first has ended; the calling thread is one of those that
  /// run processes.
  func run(main: MachineProcess) throws(HeapError) -> RunSummary {
    self.main = main.pid
    main.groupLeader = try beginServer(named: "user", StandardDevice(output: STDOUT_FILENO))
    _ = try beginServer(named: "standard_error", StandardDevice(output: STDERR_FILENO))
    directory.add(main)
    queues[0].append(main)
    var threads: [pthread_t] = []
    for index in 1..<max(1, threadCount) { threads.append(start(SchedulerThread(self, index))) }
    SchedulerThread(self, 0).run()
    for thread in threads { pthread_join(thread, nil) }
    timers.removeAll()
    directory.removeAll()
    guard let end = idle.withLock({ self.end }) else { preconditionFailure("a run without an end") }
    return end
  }

  private func start(_ thread: SchedulerThread) -> pthread_t {
    var handle = pthread_t()
    let argument = Unmanaged.passRetained(thread).toOpaque()
    let status = pthread_create(&handle, nil, runSchedulerThread, argument)
    precondition(status == 0, "no thread to run processes on: \(status)")
    return handle
  }

  /// What processes are begun with that ask for nothing.
  var heapDefaults: HeapOptions {
    get { defaults.withLock { $0 } }
    set { defaults.withLock { $0 = newValue } }
  }

  /// How processes are traced that are begun from now on.
  var tracingOfNew: CollectionTracing? {
    get { tracing.withLock { $0 } }
    set {
      tracing.withLock { $0 = newValue }
      tracesNew.store(newValue != nil, ordering: .releasing)
    }
  }

  /// Has a new process traced, if all new ones are.
  func traceNew(_ process: MachineProcess) {
    guard tracesNew.load(ordering: .acquiring), let tracing = tracingOfNew else { return }
    process.trace = tracing
  }

  // MARK: The end

  var hasEnded: Bool { isStopping.load(ordering: .acquiring) }

  /// Ends the run.
  func stop(_ summary: RunSummary) {
    idle.withLock {
      if end == nil { end = summary }
      isStopping.store(true, ordering: .releasing)
      idle.broadcast()
    }
  }

  // MARK: Steps

  /// Takes steps for a slice of those that are left.
  /// - Returns: how many, and whether they are the last ones.
  func takeSteps() -> (count: Int, areLast: Bool) {
    if options.steps == .max { return (Self.sliceSteps, false) }
    let before = stepsLeft.subtract(Self.sliceSteps, ordering: .relaxed).oldValue
    return (min(Self.sliceSteps, max(0, before)), before <= Self.sliceSteps)
  }

  /// Takes the steps of a time that a process is to wait, so that steps bound the time of a run too.
  /// - Returns: whether there were so many, but for those of a slice.
  func takeSteps(forWaiting milliseconds: Int) -> Bool {
    if options.steps == .max { return true }
    return stepsLeft.subtract(Self.stepsPerMillisecond * milliseconds, ordering: .relaxed).newValue
      >= -Self.sliceSteps
  }

  /// Gives back steps of a slice that was not used up.
  func giveBack(steps: Int) {
    if options.steps != .max && steps > 0 { stepsLeft.add(steps, ordering: .relaxed) }
  }

  /// The milliseconds of a clock since it was asked for last.
  func sinceLast(_ milliseconds: Int, _ isRuntime: Bool) -> Int {
    let last =
      isRuntime
      ? lastRuntime.exchange(milliseconds, ordering: .relaxed)
      : lastWallClock.exchange(milliseconds, ordering: .relaxed)
    return last == 0 ? 0 : milliseconds - last
  }

  // MARK: Runnable processes

  /// Says which thread the calling one is.
  func enter(thread index: Int) {
    pthread_setspecific(threadKey, UnsafeRawPointer(bitPattern: index + 1))
  }

  /// Puts a process that can go on into the calling thread's queue.
  func makeRunnable(_ process: MachineProcess) {
    // What the end of a run wakes is not run, and may not be there any more.
    if hasEnded { return }
    let index = max(0, Int(bitPattern: pthread_getspecific(threadKey)) - 1)
    let count = queues[index].append(process)
    if count > 1 { wakeOne() }
  }

  /// Wakes a thread that has nothing to do.
  func wakeOne() {
    if threadCount > 1 && idleCount.load(ordering: .sequentiallyConsistent) > 0 {
      idle.withLock { idle.signal() }
    }
  }

  /// The next process of a thread's queue, or of another's.
  func next(for index: Int) -> MachineProcess? {
    for distance in 0..<threadCount {
      if let process = queues[(index + distance) % threadCount].removeFirst() { return process }
    }
    return nil
  }

  /// Waits until there may be something to run.
  /// - Parameter limit: the most nanoseconds, where the thread has something to do by then.
  func waitForWork(atMost limit: UInt64?) {
    idle.withLock {
      if hasEnded { return }
      let idleNow = idleCount.add(1, ordering: .sequentiallyConsistent).newValue
      defer { idleCount.subtract(1, ordering: .sequentiallyConsistent) }
      if queues.contains(where: { $0.count > 0 }) { return }
      let deadline = timers.nextDeadline
      if deadline == .max && idleNow == threadCount {
        stop(RunSummary(outcome: .deadlock))
        return
      }
      let latest = limit.map { MonotonicTime.nanoseconds() + $0 } ?? .max
      let end = min(deadline, latest)
      idle.wait(until: end == .max ? nil : end)
    }
  }

  // MARK: Timers

  /// Sets a timer.
  func setTimer(_ number: Int, at deadline: UInt64, _ action: Timers.Action) {
    if timers.set(number, deadline, action) { wakeOne() }
  }

  /// Parks a process, unless something came for it, or the time of its receive is over: a timer that ran
  /// down before it was parked has found nobody to wake.
  /// - Returns: whether it waits; else whoever calls has it still.
  func park(_ process: MachineProcess) -> Bool {
    // Read before: once it is parked, others may run it.
    let (timer, pid) = (process.receiveTimer, process.pid)
    guard process.process.pointee.park() else { return false }
    guard let timer, timers.deadline(of: timer) == nil else { return true }
    return !system.unpark(pid)
  }

  /// Sends what a timer kept.
  private func send(_ message: consuming PreparedMessage, to pid: Term) {
    do { try system.send(message, to: pid) } catch {
      preconditionFailure("a timer of another machine: \(error)")
    }
  }

  /// Takes back all timers that would send to a process that has ended.
  func cancelTimers(to pid: Term) { timers.cancelAll(to: pid) }

  /// Does what is due.
  func runTimers() {
    if timers.nextDeadline == .max { return }
    let now = MonotonicTime.nanoseconds()
    if timers.nextDeadline > now { return }
    timers.run(until: now) { action in
      switch action {
      case .wake(let process):
        // Where something came meanwhile, who sent it has woken the process.
        if system.unpark(process.pid) { makeRunnable(process) }
      case .send(let message, let receiver):
        let pid = receiver.isAtom ? system.pid(named: receiver) : receiver
        if let pid, let message = message.take() { send(message, to: pid) }
      }
    }
  }
}

/// Hears of processes of all runs, and tells the run that each is of.
struct MachineListener: ProcessListener {
  func processBecameRunnable(_ pid: Term, context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    let process = Unmanaged<MachineProcess>.fromOpaque(context).takeUnretainedValue()
    process.schedulers.makeRunnable(process)
  }
}

/// The entry of a thread.
private func runSchedulerThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<SchedulerThread>.fromOpaque(argument).takeRetainedValue().run() }
  return nil
}
