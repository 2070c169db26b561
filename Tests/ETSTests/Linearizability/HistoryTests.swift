import ETS
import Testing

/// The search itself: wrong histories must fail it.
@Suite struct HistoryTests {
  private typealias Event = KeyHistory.Event
  private typealias Pair = KeyHistory.Pair

  private static func history(_ threads: [[Event]]) -> KeyHistory {
    KeyHistory(type: .set, threads: threads)
  }

  private static func event(
    _ action: KeyHistory.Action, _ answer: KeyHistory.Answer, _ times: ClosedRange<Int>
  ) -> Event {
    Event(action: action, answer: answer, begin: times.lowerBound, end: times.upperBound)
  }

  private static let one = Pair(value: 1, counter: 0)
  private static let two = Pair(value: 2, counter: 0)

  @Test func eventsSideBySideMayBeInAnyOrder() {
    let writes = [
      Self.event(.insert(Self.one), .done, 0...9), Self.event(.insert(Self.two), .done, 10...19),
    ]
    for (times, seen) in [(5...6, []), (5...6, [Self.one]), (11...30, [Self.one])] {
      let history = Self.history([writes, [Self.event(.lookup, .objects(seen), times)]])
      #expect(history.isLinearizable())
    }
  }

  @Test func whatIsReadLateIsWrong() {
    let writes = [
      Self.event(.insert(Self.one), .done, 0...9), Self.event(.insert(Self.two), .done, 10...19),
    ]
    for (times, seen) in [(20...21, [Self.one]), (5...6, [Self.two]), (12...13, [])] {
      let history = Self.history([writes, [Self.event(.lookup, .objects(seen), times)]])
      #expect(!history.isLinearizable(), "\(seen) at \(times)")
    }
  }

  @Test func readersMustAgreeOnTheOrder() {
    func reader(_ first: Pair, _ second: Pair) -> [Event] {
      [
        Self.event(.lookup, .objects([first]), 20...21),
        Self.event(.lookup, .objects([second]), 30...31),
      ]
    }
    let writers = [
      [Self.event(.insert(Self.one), .done, 0...99)],
      [Self.event(.insert(Self.two), .done, 0...99)],
    ]
    let agreeing = writers + [reader(Self.one, Self.two), reader(Self.one, Self.two)]
    let quarrelling = writers + [reader(Self.one, Self.two), reader(Self.two, Self.one)]
    #expect(Self.history(agreeing).isLinearizable())
    #expect(!Self.history(quarrelling).isLinearizable())
  }

  @Test func aLostCountIsWrong() {
    let insert = [Self.event(.insert(Self.one), .done, 0...1)]
    let counts = { (second: Int) in
      [[Self.event(.add(1), .number(1), 2...9)], [Self.event(.add(1), .number(second), 2...9)]]
    }
    #expect(Self.history([insert] + counts(2)).isLinearizable())
    #expect(!Self.history([insert] + counts(1)).isLinearizable())
  }

  @Test func anObjectIsTakenOnce() {
    let insert = [Self.event(.insert(Self.one), .done, 0...1)]
    let take = [Self.event(.take, .objects([Self.one]), 2...9)]
    #expect(!Self.history([insert, take, take]).isLinearizable())
    #expect(
      Self.history([insert, take, [Self.event(.take, .objects([]), 2...9)]]).isLinearizable())
  }
}
