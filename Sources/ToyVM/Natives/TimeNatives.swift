import Glibc
import Synchronization
import Tenure

/// Natives of module `erlang` for time, and the numbers that are never given twice.
var timeNatives: [Native] {
  let unique = UniqueIntegers()
  return [
    Native("erlang", "system_time", 0) { interpreter, _ in
      interpreter.makeInteger(nanoseconds(CLOCK_REALTIME), live: 0)
    },
    Native("erlang", "system_time", 1) { interpreter, x in
      time(interpreter, CLOCK_REALTIME, unit: x[0])
    },
    Native("erlang", "monotonic_time", 0) { interpreter, _ in
      interpreter.makeInteger(nanoseconds(CLOCK_MONOTONIC), live: 0)
    },
    Native("erlang", "monotonic_time", 1) { interpreter, x in
      time(interpreter, CLOCK_MONOTONIC, unit: x[0])
    },
    Native("erlang", "time_offset", 1) { interpreter, x in
      guard let parts = partsPerSecond(x[0], interpreter.atoms) else {
        return interpreter.badArgument()
      }
      let offset = nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_MONOTONIC)
      guard let time = scaled(offset, parts) else { return interpreter.badArgument() }
      return interpreter.makeInteger(time, live: 0)
    },
    Native("os", "system_time", 1) { interpreter, x in
      time(interpreter, CLOCK_REALTIME, unit: x[0])
    },
    Native("erlang", "timestamp", 0, timestamp),
    Native("os", "timestamp", 0, timestamp),
    Native("erlang", "unique_integer", 0) { interpreter, _ in
      interpreter.makeInteger(unique.next(), live: 0)
    },
    Native("erlang", "unique_integer", 1) { interpreter, x in
      guard areUniqueIntegerOptions(x[0], interpreter.atoms) else {
        return interpreter.badArgument()
      }
      return interpreter.makeInteger(unique.next(), live: 0)
    },
  ]
}

/// Counts up from 1: what it gives is positive and strictly monotonic, asked for or not.
private final class UniqueIntegers: Sendable {
  private let last = Atomic<Int>(0)

  func next() -> Int { last.add(1, ordering: .relaxed).newValue }
}

private func areUniqueIntegerOptions(_ options: Term, _ atoms: AtomTable) -> Bool {
  var rest = options
  while rest.isCons {
    guard rest.cons[0].isAtom,
      ["positive", "monotonic"].contains(atoms.name(of: rest.cons[0]))
    else { return false }
    rest = rest.cons[1]
  }
  return rest.isNil
}

// MARK: - Clocks

private let nanosecondsPerSecond = 1_000_000_000

/// The nanoseconds that a clock shows.
func nanoseconds(_ clock: clockid_t) -> Int {
  var now = timespec()
  // Cannot fail: both clocks are there, and the address is good.
  clock_gettime(clock, &now)
  return now.tv_sec * nanosecondsPerSecond + now.tv_nsec
}

/// The parts of a second that a term names, or nothing where it is no unit.
private func partsPerSecond(_ unit: Term, _ atoms: AtomTable) -> Int? {
  if unit.isSmall { return unit.smallValue > 0 ? unit.smallValue : nil }
  guard unit.isAtom else { return nil }
  switch atoms.name(of: unit) {
  case "second", "seconds": return 1
  case "millisecond", "milli_seconds": return 1000
  case "microsecond", "micro_seconds": return 1_000_000
  case "nanosecond", "nano_seconds", "native", "perf_counter": return nanosecondsPerSecond
  default: return nil
  }
}

/// The time of a clock in a unit, rounded down. The clocks do not stand before their beginning.
private func time(_ interpreter: Interpreter, _ clock: clockid_t, unit: Term) -> Term {
  guard let parts = partsPerSecond(unit, interpreter.atoms) else {
    return interpreter.badArgument()
  }
  guard let value = scaled(nanoseconds(clock), parts) else { return interpreter.badArgument() }
  return interpreter.makeInteger(value, live: 0)
}

/// Nanoseconds in parts of a second, rounded down; nothing where there are too many.
private func scaled(_ nanoseconds: Int, _ parts: Int) -> Int? {
  let product = nanoseconds.multipliedFullWidth(by: parts)
  guard 0..<nanosecondsPerSecond ~= product.high else { return nil }
  let time = UInt(nanosecondsPerSecond).dividingFullWidth(
    (UInt(bitPattern: product.high), product.low)
  ).quotient
  return Int(exactly: time)
}

/// `{Megaseconds, Seconds, Microseconds}`.
private func timestamp(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let parts = timestampParts(nanoseconds(CLOCK_REALTIME))
  return interpreter.makeTuple(arity: 3, live: 0) { elements in
    (elements[0], elements[1], elements[2]) = (.small(parts.0), .small(parts.1), .small(parts.2))
  }
}

/// The megaseconds, seconds and microseconds of a time in nanoseconds.
func timestampParts(_ nanoseconds: Int) -> (Int, Int, Int) {
  let microseconds = nanoseconds / 1000
  let seconds = microseconds / 1_000_000
  return (seconds / 1_000_000, seconds % 1_000_000, microseconds % 1_000_000)
}
