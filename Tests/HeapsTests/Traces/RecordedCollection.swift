import Heaps
import Testing

/// What is held outside the heap, and from where on a collection is due, in words.
struct VirtualFigures: Equatable {
  var young: Int
  var youngLimit: Int
  var old: Int
  var oldLimit: Int
}

/// One event of a recorded trace: its kind and its figures.
struct RecordedEvent: Equatable {
  var kind: Substring
  /// What was needed at a start, what was reclaimed at an end.
  var needOrReclaimed: Int
  var oldBlockWords: Int
  var youngBlockWords: Int
  var fragmentWords: Int
  var recentWords: Int
  var stackWords: Int
  var oldUsedWords: Int
  var youngUsedWords: Int
  var virtualHeap: VirtualFigures

  init?(line: Substring) {
    let words = line.split(separator: " ")
    let figures = words.dropFirst().compactMap { Int($0) }
    guard words.count == 13, figures.count == 12 else { return nil }
    kind = words[0]
    needOrReclaimed = figures[0]
    oldBlockWords = figures[1]
    youngBlockWords = figures[2]
    fragmentWords = figures[3]
    recentWords = figures[4]
    stackWords = figures[5]
    oldUsedWords = figures[6]
    youngUsedWords = figures[7]
    virtualHeap = VirtualFigures(
      young: figures[8], youngLimit: figures[9], old: figures[10], oldLimit: figures[11])
  }

  /// Whether both heaps stand as they stood, as after a minor collection that could not run.
  func hasSameHeaps(as other: RecordedEvent) -> Bool {
    recentWords == other.recentWords && youngUsedWords == other.youngUsedWords
      && oldUsedWords == other.oldUsedWords && youngBlockWords == other.youngBlockWords
  }
}

/// One collection of a recorded trace.
struct RecordedCollection {
  enum Kind: Equatable {
    case minor
    case fullSweep(failedMinor: Bool)
  }
  var kind: Kind
  /// The event the collection began with, that of the failed minor collection if there was one.
  var start: RecordedEvent
  /// What the failed minor collection left.
  var failedMinorEnd: RecordedEvent?
  var end: RecordedEvent
}

/// The collections of one recorded program.
struct RecordedProgram: CustomTestStringConvertible {
  var name: String
  /// What the head of the program tells.
  var parameters: [Int]
  var collections: [RecordedCollection]

  var fullSweepAfter: Int { parameters[0] }
  /// As the program asked for it, not rounded to the table.
  var minimumHeapWords: Int { parameters[1] }

  var testDescription: String { name }

  /// All programs of the fixture.
  static let all = parse(RecordedTraces.events, parameters: 2)

  /// The programs of a recording; traps where it is not what the recorder writes.
  static func parse(_ text: String, parameters count: Int) -> [RecordedProgram] {
    var programs: [RecordedProgram] = []
    var events: [RecordedEvent] = []
    func endProgram() {
      if !programs.isEmpty { programs[programs.count - 1].collections = collections(of: events) }
      events = []
    }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "=" {
        endProgram()
        let parameters = words.dropFirst(2).compactMap { Int($0) }
        guard words.count == 2 + count, parameters.count == count else {
          fatalError("not the head of a program: \(line)")
        }
        programs.append(
          RecordedProgram(name: String(words[1]), parameters: parameters, collections: []))
      } else if let event = RecordedEvent(line: line) {
        events.append(event)
      } else {
        fatalError("not an event: \(line)")
      }
    }
    endProgram()
    return programs
  }

  private static func collections(of events: [RecordedEvent]) -> [RecordedCollection] {
    var collections: [RecordedCollection] = []
    var place = 0
    while place < events.count {
      let start = events[place]
      let end = events[place + 1]
      precondition(start.kind.hasSuffix("start"), "a collection begins with its start")
      precondition(end.kind.hasSuffix("end"), "a collection ends with its end")
      let isMinor = start.kind == "minor_start"
      let failed =
        isMinor && place + 3 < events.count && events[place + 2].kind == "major_start"
        && end.hasSameHeaps(as: start) && events[place + 2].hasSameHeaps(as: start)
      if failed {
        collections.append(
          RecordedCollection(
            kind: .fullSweep(failedMinor: true), start: start, failedMinorEnd: end,
            end: events[place + 3]))
      } else {
        collections.append(
          RecordedCollection(
            kind: isMinor ? .minor : .fullSweep(failedMinor: false), start: start, end: end))
      }
      place += failed ? 4 : 2
    }
    return collections
  }
}
