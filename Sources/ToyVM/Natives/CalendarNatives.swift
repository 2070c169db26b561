import Glibc
import Tenure

/// Natives of module `erlang` for dates.
var calendarNatives: [Native] {
  [
    Native("erlang", "universaltime", 0) { interpreter, _ in
      dateTime(interpreter, broken(time(nil), isLocal: false))
    },
    Native("erlang", "localtime", 0) { interpreter, _ in
      dateTime(interpreter, broken(time(nil), isLocal: true))
    },
    Native("erlang", "date", 0) { interpreter, _ in
      triple(interpreter, CalendarTime(broken(time(nil), isLocal: true)).date)
    },
    Native("erlang", "time", 0) { interpreter, _ in
      triple(interpreter, CalendarTime(broken(time(nil), isLocal: true)).time)
    },
    Native("erlang", "now", 0) { interpreter, _ in
      let microseconds = interpreter.code.objects.nextTimestamp()
      return triple(
        interpreter,
        (
          microseconds / 1_000_000_000_000, microseconds / 1_000_000 % 1_000_000,
          microseconds % 1_000_000
        ))
    },
    Native("erlang", "posixtime_to_universaltime", 1) { interpreter, x in
      guard x[0].isSmall else { return interpreter.badArgument() }
      return dateTime(interpreter, broken(time_t(x[0].smallValue), isLocal: false))
    },
    Native("erlang", "universaltime_to_posixtime", 1) { interpreter, x in
      guard let time = CalendarTime(x[0]) else { return interpreter.badArgument() }
      return .small(time.seconds(isLocal: false, isSummer: -1))
    },
    Native("erlang", "universaltime_to_localtime", 1) { interpreter, x in
      guard let time = CalendarTime(x[0]) else { return interpreter.badArgument() }
      let seconds = time.seconds(isLocal: false, isSummer: -1)
      return dateTime(interpreter, broken(seconds, isLocal: true))
    },
    Native("erlang", "localtime_to_universaltime", 2) { interpreter, x in
      guard let time = CalendarTime(x[0]) else { return interpreter.badArgument() }
      let isSummer: Int32
      switch x[1] {
      case .true: isSummer = 1
      case .false: isSummer = 0
      case .undefined: isSummer = -1
      default: return interpreter.badArgument()
      }
      let seconds = time.seconds(isLocal: true, isSummer: isSummer)
      return dateTime(interpreter, broken(seconds, isLocal: false))
    },
  ]
}

/// `{{Year, Month, Day}, {Hour, Minute, Second}}`.
private struct CalendarTime {
  var date: (Int, Int, Int)
  var time: (Int, Int, Int)

  init(_ broken: tm) {
    date = (Int(broken.tm_year) + 1900, Int(broken.tm_mon) + 1, Int(broken.tm_mday))
    time = (Int(broken.tm_hour), Int(broken.tm_min), Int(broken.tm_sec))
  }

  /// Takes a term, or nothing where it is no such time.
  init?(_ term: Term) {
    guard term.isTuple(arity: 2), let date = Self.triple(term.tupleElements[0]),
      let time = Self.triple(term.tupleElements[1]), date.0 >= 1900, 1...12 ~= date.1,
      1...Self.days(in: date.1, of: date.0) ~= date.2, 0...23 ~= time.0, 0...59 ~= time.1,
      0...59 ~= time.2
    else { return nil }
    self.date = date
    self.time = time
  }

  private static func triple(_ term: Term) -> (Int, Int, Int)? {
    guard term.isTuple(arity: 3), term.tupleElements.allSatisfy(\.isSmall) else { return nil }
    let numbers = term.tupleElements.map(\.smallValue)
    return (numbers[0], numbers[1], numbers[2])
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Seconds since 1970.
  func seconds(isLocal: Bool, isSummer: Int32) -> Int {
    var broken = tm()
    broken.tm_year = Int32(truncatingIfNeeded: date.0 - 1900)
    broken.tm_mon = Int32(date.1 - 1)
    broken.tm_mday = Int32(date.2)
    broken.tm_hour = Int32(time.0)
    broken.tm_min = Int32(time.1)
    broken.tm_sec = Int32(time.2)
    broken.tm_isdst = isSummer
    return isLocal ? mktime(&broken) : timegm(&broken)
  }
}

private func broken(_ seconds: time_t, isLocal: Bool) -> tm {
  var (seconds, broken) = (seconds, tm())
  if isLocal { localtime_r(&seconds, &broken) } else { gmtime_r(&seconds, &broken) }
  return broken
}

private func triple(_ interpreter: Interpreter, _ parts: (Int, Int, Int)) -> Term {
  guard interpreter.ensure(4, live: 0) else { return .none }
  return interpreter.build { $0.makeTuple(.small(parts.0), .small(parts.1), .small(parts.2)) }
}

private func dateTime(_ interpreter: Interpreter, _ broken: tm) -> Term {
  let parts = CalendarTime(broken)
  guard interpreter.ensure(11, live: 0) else { return .none }
  return interpreter.build { cursor in
    let date = cursor.makeTuple(.small(parts.date.0), .small(parts.date.1), .small(parts.date.2))
    let time = cursor.makeTuple(.small(parts.time.0), .small(parts.time.1), .small(parts.time.2))
    return cursor.makeTuple(date, time)
  }
}
