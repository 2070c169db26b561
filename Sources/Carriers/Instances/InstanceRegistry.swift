/// The instances of an allocator, and those of them whose thread has ended.
///
/// It outlives the allocator for as long as a thread remembers an instance: so the end of a thread
/// and the end of the allocator may come in any order.
final class InstanceRegistry: Sendable {
  private struct State: ~Copyable {
    var instances: [Instance] = []
    /// Instances that no thread uses; the next new thread gets one, with all it owns.
    var orphans: [Instance] = []
    var isClosed = false
  }

  private let state = Guarded(State())

  init() {}

  /// An instance for a thread or a handle: one without a thread, or a new one.
  /// - Parameter isHeld: whether it is for a handle, whose holder passes no door.
  func take(isHeld: Bool, _ make: () -> Instance) -> Instance {
    state.withLock { state in
      let instance: Instance
      if let orphan = state.orphans.popLast() {
        instance = orphan
      } else {
        instance = make()
        state.instances.append(instance)
      }
      instance.state.pointee.isHeld = isHeld
      return instance
    }
  }

  /// Takes an instance back, with all it owns. Nothing where the allocator has ended.
  func put(_ instance: Instance) {
    state.withLock { state in
      if state.isClosed { return }
      instance.state.pointee.door.inside { instance.sendAll() }
      instance.state.pointee.isHeld = false
      state.orphans.append(instance)
    }
  }

  /// Calls the body with each instance.
  func forEach(_ body: (Instance) -> Void) {
    state.withLock { state in state.instances.forEach(body) }
  }

  /// Calls the body with each instance while its thread is kept out; not with those that a handle
  /// holds.
  func forEachClosed(_ body: (Instance) -> Void) {
    forEach { instance in
      if instance.state.pointee.isHeld { return }
      instance.state.pointee.door.close()
      defer { instance.state.pointee.door.open() }
      body(instance)
    }
  }

  /// Runs the body while the threads of all instances are kept out, but for handles' holders.
  func withAllClosed<Result>(_ body: ([Instance]) -> Result) -> Result {
    state.withLock { state in
      let reachable = state.instances.filter { !$0.state.pointee.isHeld }
      for instance in reachable { instance.state.pointee.door.close() }
      defer { for instance in reachable { instance.state.pointee.door.open() } }
      return body(reachable)
    }
  }

  /// An instance, where there is one: for what needs any, whosever it is.
  var first: Instance? { state.withLock { $0.instances.first } }

  /// The instances there are, those without a thread among them.
  var count: Int { state.withLock { $0.instances.count } }

  /// Whether the allocator has ended.
  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Ends all instances.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.orphans = []
      for instance in state.instances { instance.destroy() }
      state.instances = []
    }
  }
}

extension [Instance] {
  /// Takes back what other threads freed of these instances' blocks, and lets blocks at hand join
  /// their neighbours; their doors are closed.
  ///
  /// Three times, for a block may have been sent to an instance that gave its slab or carrier up since:
  /// from there it goes on to the new owner, whose queue may have been emptied already.
  func takeBackAll() {
    for _ in 0..<3 {
      for instance in self {
        instance.drainRemoteFrees()
        for kind in MemoryKind.allCases { instance.joinBlocksAtHand(of: kind) }
        instance.sendAll()
      }
    }
  }
}
