import Tenure

/// What a monitor is begun with.
struct MonitorOptions {
  /// When the reference ends to be an alias, if it is one.
  var alias: AliasEnd?
  /// What the message says in place of `DOWN`, if it was said: a term of the caller's heap, or of
  /// none, which is valid until the next collection.
  var tag: Term?
}

// What programs say of processes, in `spawn_opt`, `process_flag` and `monitor`.
extension Interpreter {
  /// What the options of a monitor say, or nothing where they are none.
  func monitorOptions(_ list: Term) -> MonitorOptions? {
    var options = MonitorOptions()
    let areOptions = takeOptions(list) { name, value in
      if isAtom(name, "tag") {
        options.tag = value
        return true
      }
      guard isAtom(name, "alias"), let end = aliasEnd(value) else { return false }
      options.alias = end
      return true
    }
    return areOptions ? options : nil
  }

  private func aliasEnd(_ name: Term) -> AliasEnd? {
    if isAtom(name, "demonitor") { return .monitor }
    if isAtom(name, "reply_demonitor") { return .reply }
    return isAtom(name, "explicit_unalias") ? .explicit : nil
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
      guard let limit = heapLimit(value) else { return false }
      heap.limit = limit
      return true
    }
    guard let value = heapSize(value) else { return false }
    switch name {
    // As in ERTS, nothing is below what the system gives who asks for nothing.
    case "min_heap_size":
      heap.minimumWords = max(value, schedulers.heapDefaults.minimumWords)
    case "min_bin_vheap_size":
      heap.minimumVirtualWords = max(value, schedulers.heapDefaults.minimumVirtualWords)
    case "fullsweep_after": heap.fullSweepAfter = value
    default: return false
    }
    return true
  }

  /// The value of an option of a heap, built in place; nothing where there is none of that name.
  func heapOption(_ name: String, of heap: HeapOptions) throws(TableError) -> Term? {
    switch name {
    case "min_heap_size": .small(heap.minimumWords)
    case "min_bin_vheap_size": .small(heap.minimumVirtualWords)
    case "fullsweep_after": .small(heap.fullSweepAfter)
    case "max_heap_size": try map(of: heap.limit)
    default: nil
    }
  }

  /// A limit as `max_heap_size` tells it. Binaries are told of where they count: OTP 25 does not
  /// know that.
  private func map(of limit: HeapLimit) throws(TableError) -> Term {
    var pairs = [
      ("size", Term.small(limit.words)), ("kill", .boolean(limit.kills)),
      ("error_logger", .boolean(limit.reports)),
    ]
    if limit.includesSharedBinaries { pairs.append(("include_shared_binaries", .true)) }
    let terms = pairs.compactMap { name, value in (try? atoms.atom(name)).map { ($0, value) } }
    return try building(words: FlatMapBuilder.words(pairs: terms.count)) { cursor in
      var builder = FlatMapBuilder(pairs: terms.count, order: order, cursor: cursor)
      for (key, value) in terms {
        do { try builder.insert(key, value) } catch {
          preconditionFailure("atoms that are compared with working memory: \(error)")
        }
      }
      return builder.finish(cursor: &cursor)
    }
  }

  /// A number that a size or a count of an option may be.
  func heapSize(_ value: Term) -> Int? {
    value.isSmall && 0..<1 << 40 ~= value.smallValue ? value.smallValue : nil
  }

  /// A size, or a map of what `max_heap_size` takes. What it does not say is as in the system.
  func heapLimit(_ value: Term) -> HeapLimit? {
    var limit = schedulers.heapDefaults.limit
    if value.isSmall {
      limit.words = value.smallValue
      return value.smallValue >= 0 ? limit : nil
    }
    guard value.isMap else { return nil }
    guard let size = setting("size", value), size.isSmall, size.smallValue >= 0 else { return nil }
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
