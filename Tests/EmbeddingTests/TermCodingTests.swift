import Tenure
import Testing

/// `Codable` values as terms. Nothing in here is marked `unsafe`.
@Suite struct TermCodingTests {
  private let system = MemorySystem()

  private struct Item: Codable, Equatable {
    var name: String
    var count: Int
    var price: Double?
  }

  private struct Order: Codable, Equatable {
    var id: UInt64
    var items: [Item]
    var labels: [String: Bool]
    var places: [Int: Float]
    var state: State
    var raw: TermValue
    var grid: [[Int8]]
    var missing: [Int?]
  }

  private enum State: Codable, Equatable {
    case open
    case sent(to: String, days: Int)
  }

  private static let order = Order(
    id: .max, items: [Item(name: "tea", count: 2, price: 1.25), Item(name: "milk", count: 1)],
    labels: ["new": true], places: [3: 0.5], state: .sent(to: "Rome", days: 3),
    raw: .tuple([.atom("ok"), 1]), grid: [[1, -128], []], missing: [1, nil])

  private class Animal: Codable {
    var name = "Rex"
  }
  private final class Dog: Animal {
    var age = 3
    private enum Keys: CodingKey { case age }
    init(age: Int) {
      super.init()
      self.age = age
    }
    required init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Keys.self)
      age = try values.decode(Int.self, forKey: .age)
      try super.init(from: values.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: Keys.self)
      try values.encode(age, forKey: .age)
      try super.encode(to: values.superEncoder())
    }
  }

  @Test func swiftValuesComeBack() throws {
    var process = try system.makeProcess()
    let handle = try process.keep(encoding: Self.order)
    let back = try process.decode(Order.self, from: handle)
    #expect(back == Self.order)
    let numbers = try process.decode([Int].self, from: try process.keep(encoding: [1, 2, 3]))
    #expect(numbers == [1, 2, 3])
    let text = try process.decode(String.self, from: try process.keep(encoding: "héllo"))
    #expect(text == "héllo")
  }

  @Test func theFormsAreThoseThatAreDocumented() throws {
    let value = try TermValue(encoding: Self.order)
    guard case .map(let fields) = value else {
      Issue.record("no map")
      return
    }
    #expect(fields[.atom("id")] == .bigInteger(isNegative: false, digits: [.max]))
    #expect(fields[.atom("labels")] == ["new": true])
    #expect(fields[.atom("places")] == [3: 0.5])
    #expect(fields[.atom("raw")] == .tuple([.atom("ok"), 1]))
    #expect(fields[.atom("missing")] == [1, .atom("nil")])
    #expect(
      fields[.atom("state")] == [.atom("sent"): [.atom("to"): "Rome", .atom("days"): 3]])
    #expect(
      fields[.atom("items")] == [
        [.atom("name"): "tea", .atom("count"): 2, .atom("price"): 1.25],
        [.atom("name"): "milk", .atom("count"): 1],
      ])
  }

  @Test func classesHaveTheirParents() throws {
    var process = try system.makeProcess()
    let value = try TermValue(encoding: Dog(age: 9))
    #expect(value == [.atom("age"): 9, .atom("super"): [.atom("name"): "Rex"]])
    let dog = try process.decode(Dog.self, from: try process.keep(value))
    #expect(dog.age == 9 && dog.name == "Rex")
  }

  /// Each error has the path to what was wrong.
  @Test(
    arguments: [
      ([.atom("name"): 1, .atom("count"): 2], "name", "a binary was expected, not an integer"),
      ([.atom("name"): "x"], "", "the map has no key count"),
      ([.atom("name"): "x", .atom("count"): 2.5], "count", "an integer was expected, not a float"),
      (["name": "x", "count": 2], "", "the map has no key name"),
      (
        [.atom("name"): .binary([0xFF]), .atom("count"): 1], "name", "a binary that is no UTF-8"
      ),
      (
        [.atom("name"): "x", .atom("count"): .bigInteger(isNegative: false, digits: [0, 1])],
        "count", "an integer of more than a word does not fit in Int"
      ),
      ([1], "", "a map was expected, not a list"),
    ] as [(TermValue, String, String)])
  func errorsNameThePath(value: TermValue, path: String, text: String) throws {
    var process = try system.makeProcess()
    let handle = try process.keep([[value]])
    var context: DecodingError.Context?
    do {
      _ = try process.decode([[Item]].self, from: handle)
    } catch let error as DecodingError {
      switch error {
      case .typeMismatch(_, let found), .dataCorrupted(let found), .keyNotFound(_, let found),
        .valueNotFound(_, let found):
        context = found
      @unknown default: break
      }
    }
    let found = try #require(context)
    let keys = found.codingPath.map(\.stringValue)
    #expect(keys == ["0", "0"] + (path.isEmpty ? [] : [path]))
    #expect(found.debugDescription == text)
  }

  @Test func numbersThatDoNotFitAreRefused() throws {
    var process = try system.makeProcess()
    let handle = try process.keep([300])
    #expect(throws: DecodingError.self) { try process.decode([Int8].self, from: handle) }
    let exact = try process.decode([Double].self, from: handle)
    #expect(exact == [300])
    let inexact = try process.keep(.integer(1 << 53 + 1))
    #expect(throws: DecodingError.self) { try process.decode(Double.self, from: inexact) }
    #expect(throws: EncodingError.self) { try TermValue(encoding: ["x": Double.nan]) }
  }

  private final class Chain: Codable {
    var next: Chain?
    init(next: Chain?) { self.next = next }
  }

  /// Hostile depth is an error, not a full stack.
  @Test func depthIsLimited() throws {
    var process = try system.makeProcess()
    var chain = Chain(next: nil)
    for _ in 0..<600 { chain = Chain(next: chain) }
    #expect(throws: EncodingError.self) { try TermValue(encoding: chain) }
    var value: TermValue = [:]
    for _ in 0..<500 { value = [.atom("next"): value] }
    var handle = try process.keep(value)
    _ = try process.decode(Chain.self, from: handle)
    for _ in 0..<100 { handle = try process.keep([.atom("next"): .kept(handle)]) }
    #expect(throws: DecodingError.self) { try process.decode(Chain.self, from: handle) }
  }
}
