import Foundation
import Tenure

/// The collections of a process of real Erlang, as its tracing told them.
///
/// The file's comment lines say what stands in a line.
enum CollectionTrace {
  /// What a collection began or ended with.
  struct Line: Equatable {
    var event: String
    /// What was needed, at a beginning.
    var neededWords: Int?
    /// Young block, used, stack and mature words; old block and used words.
    var figures: [Int]
  }

  /// Reads a recorded trace.
  static func lines(of text: String) throws -> [Line] {
    var lines: [Line] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("%") {
      let fields = line.split(separator: " ")
      let numbers = fields.dropFirst().compactMap { Int($0) }
      guard fields.count == 13, numbers.count == 12 else { throw Unreadable(line: String(line)) }
      lines.append(
        Line(
          event: String(fields[0]), neededWords: fields[0].hasSuffix("start") ? numbers[0] : nil,
          figures: [2, 7, 5, 4, 1, 6].map { numbers[$0] }))
    }
    return lines
  }

  struct Unreadable: Error {
    let line: String
  }

  /// The lines that Erlang's tracing would have told of our collections.
  ///
  /// Where a minor collection cannot run, Erlang tells of one that begins and ends with nothing
  /// done, and then of the full sweep.
  static func lines(of events: [CollectionEvent]) -> [Line] {
    events.flatMap { event in
      let kind = event.kind == .minor ? "minor" : "major"
      var lines: [Line] = []
      if event.followsFailedMinor {
        lines.append(
          Line(event: "minor_start", neededWords: event.neededWords, figures: figures(event.before))
        )
        lines.append(Line(event: "minor_end", neededWords: nil, figures: figures(event.before)))
      }
      lines.append(
        Line(event: kind + "_start", neededWords: event.neededWords, figures: figures(event.before))
      )
      lines.append(Line(event: kind + "_end", neededWords: nil, figures: figures(event.after)))
      return lines
    }
  }

  private static func figures(_ heap: HeapFigures) -> [Int] {
    [
      heap.youngBlockWords, heap.youngUsedWords, heap.stackWords, heap.matureWords,
      heap.oldBlockWords, heap.oldUsedWords,
    ]
  }
}
