import Tenure

// What programs say of processes, in `spawn_opt`, `process_flag` and `monitor`.
extension Interpreter {
  /// What the options of a monitor say of its reference, or nothing where they are none.
  func monitorAlias(_ options: Term) -> (end: AliasEnd?, Void)? {
    var end: AliasEnd?
    var rest = options
    while rest.isCons {
      let option = rest.cons[0]
      guard option.isTuple(arity: 2), isAtom(option.tupleElements[0], "alias"),
        option.tupleElements[1].isAtom
      else { return nil }
      switch atoms.name(of: option.tupleElements[1]) {
      case "explicit_unalias": end = .explicit
      case "demonitor": end = .monitor
      case "reply_demonitor": end = .reply
      default: return nil
      }
      rest = rest.cons[1]
    }
    return rest.isNil ? (end, ()) : nil
  }

  /// The priority of a name.
  func priority(_ name: Term) -> MachineProcess.Priority? {
    guard name.isAtom else { return nil }
    switch atoms.name(of: name) {
    case "low": return .low
    case "normal": return .normal
    case "high": return .high
    case "max": return .max
    default: return nil
    }
  }

  /// Whether a value of `message_queue_data` keeps messages on the heap.
  func keepsOnHeap(_ value: Term) -> Bool? {
    if isAtom(value, "on_heap") { return true }
    return isAtom(value, "off_heap") ? false : nil
  }

  /// Changes an option of a heap; false where there is none of that name, or no such value.
  func set(_ name: String, _ value: Term, in heap: inout HeapOptions) -> Bool {
    if name == "max_heap_size" {
      guard let limit = heapLimit(value, heap.limit) else { return false }
      heap.limit = limit
      return true
    }
    guard value.isSmall, 0..<1 << 40 ~= value.smallValue else { return false }
    switch name {
    case "min_heap_size": heap.minimumWords = value.smallValue
    case "min_bin_vheap_size": heap.minimumVirtualWords = value.smallValue
    case "fullsweep_after": heap.fullSweepAfter = value.smallValue
    default: return false
    }
    return true
  }

  /// The value of an option of a heap.
  func value(_ name: String, of heap: HeapOptions) -> Int {
    switch name {
    case "min_heap_size": heap.minimumWords
    case "min_bin_vheap_size": heap.minimumVirtualWords
    default: heap.fullSweepAfter
    }
  }

  /// A size, or a map of what `max_heap_size` takes.
  private func heapLimit(_ value: Term, _ before: HeapLimit) -> HeapLimit? {
    if value.isSmall {
      return value.smallValue >= 0
        ? HeapLimit(words: value.smallValue, kills: before.kills, reports: before.reports) : nil
    }
    guard value.isMap else { return nil }
    guard let size = setting("size", value), size.isSmall, size.smallValue >= 0 else { return nil }
    var limit = before
    limit.words = size.smallValue
    let switches: [(String, WritableKeyPath<HeapLimit, Bool>)] = [
      ("kill", \.kills), ("error_logger", \.reports),
      ("include_shared_binaries", \.includesSharedBinaries),
    ]
    for (name, path) in switches {
      guard let given = setting(name, value) else { continue }
      guard given.isBoolean else { return nil }
      limit[keyPath: path] = given == .true
    }
    return limit
  }

  /// The value of an atom in a map.
  private func setting(_ name: String, _ map: Term) -> Term? {
    guard let key = try? atoms.atom(name) else { return nil }
    return (try? TermMap.value(of: key, in: map, scratch: scratch)) ?? nil
  }
}

extension Term {
  /// Whether this is `true` or `false`.
  var isBoolean: Bool { self == .true || self == .false }
}
