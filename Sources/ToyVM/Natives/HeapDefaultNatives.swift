import Tenure

// What processes are begun with that ask for nothing, told by `system_info/1` and set by
// `system_flag/2`.
extension Interpreter {
  /// An item of `system_info/1` about heaps; nothing where there is none of that name.
  func heapDefault(_ name: String) -> Term? {
    let options = schedulers.heapDefaults
    switch name {
    case "heap_sizes": return makeList(HeapSizes.table, live: 0)
    case "garbage_collection":
      return onTable { () throws(TableError) in
        var pairs: [(String, Term)] = []
        for name in Self.heapOptionNames {
          // The limit is told by its size alone.
          let value =
            name == "max_heap_size"
            ? .small(options.limit.words) : try heapOption(name, of: options)
          if let value { pairs.append((name, value)) }
        }
        return try list(ofPairs: pairs)
      }
    case "max_heap_size":
      return onTable { () throws(TableError) in try heapOption(name, of: options) }
    case "min_heap_size", "min_bin_vheap_size", "fullsweep_after":
      return onTable { () throws(TableError) in
        guard let atom = try? atoms.atom(name), let value = try heapOption(name, of: options)
        else { return nil }
        return try building(words: 3) { $0.makeTuple(atom, value) }
      }
    default: return nil
    }
  }
}

/// `system_flag(Flag, Value)`: the defaults of heaps can be set; nothing else of the machine can, and
/// what is asked for is what it has.
func setSystemFlag(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard x[0].isAtom else { return interpreter.badArgument() }
  let name = interpreter.atoms.name(of: x[0])
  if name == "backtrace_depth" { return .small(Interpreter.traceDepth) }
  let before = interpreter.schedulers.heapDefaults
  var options = before
  switch name {
  case "max_heap_size":
    guard let limit = interpreter.heapLimit(x[1]),
      limit.words == 0 || limit.words >= before.minimumWords
    else { return interpreter.badArgument() }
    options.limit = limit
  case "min_heap_size", "min_bin_vheap_size", "fullsweep_after":
    guard let value = interpreter.heapSize(x[1]) else { return interpreter.badArgument() }
    switch name {
    case "min_heap_size": options.minimumWords = value
    case "min_bin_vheap_size": options.minimumVirtualWords = value
    default: options.fullSweepAfter = value
    }
  default: return interpreter.badArgument()
  }
  interpreter.schedulers.heapDefaults = options
  return interpreter.onTable { () throws(TableError) in
    try interpreter.heapOption(name, of: before)
  }
}
