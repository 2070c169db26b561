import Tenure
import Testing

/// Terms from Swift values and back. Nothing in here is marked `unsafe`.
@Suite struct TermValueTests {
  private let system = MemorySystem(
    configuration: SystemConfiguration(levers: HeapLevers(verifies: true)))

  private func text(of value: TermValue) throws -> String {
    var process = try system.makeProcess()
    let handle = try process.keep(value)
    let printer = TermPrinter(atoms: system.atoms, scratch: system.heaps.scratch)
    return try printer.text(of: try process.term(of: handle))
  }

  @Test(
    arguments: [
      (TermValue.atom("ok"), "ok"), (true, "true"), (17, "17"), (-1.5, "-1.5"),
      (.integer(.max), "9223372036854775807"), (.integer(.min), "-9223372036854775808"),
      (.bigInteger(isNegative: true, digits: [0, 1]), "-18446744073709551616"),
      (.bigInteger(isNegative: false, digits: [5, 0, 0]), "5"),
      ("abc", "<<97,98,99>>"), (.characters("abc"), "[97,98,99]"), ([], "[]"),
      ([1, [2.5], .tuple([])], "[1,[2.5],{}]"), (.improperList([1], tail: 2), "[1|2]"),
      (.tuple(["x", .atom("y")]), "{<<120>>,y}"), ([1: [:], 2: 3], "#{1 => #{},2 => 3}"),
      (.bits([0b1010_1111], count: 3), "<<5:3>>"), (.bits([1, 2], count: 16), "<<1,2>>"),
      (.binary([]), "<<>>"),
    ] as [(TermValue, String)])
  func valuesBecomeTerms(value: TermValue, expected: String) throws {
    #expect(try text(of: value) == expected)
  }

  @Test func valuesComeBack() throws {
    var process = try system.makeProcess()
    let pairs = (0..<500).map { (TermValue.string("key \($0)"), TermValue.integer($0)) }
    let values: [TermValue] = [
      .map(Dictionary(uniqueKeysWithValues: pairs)), .binary(Array(repeating: 9, count: 5000)),
      .improperList([1, .tuple(["a", 2.5])], tail: .atom("end")), .integer(.max), .integer(.min),
      .bigInteger(isNegative: true, digits: [1, 2, 3]), .bits([0xFF, 0xE0], count: 11),
      .immediate(process.pid), [[[[]]]], ["a": ["b": [.tuple([[1: 2]])]]],
    ]
    for value in values {
      let handle = try process.keep(value)
      var roots = NoRoots()
      try process.collectGarbage(roots: &roots)
      let read = try process.value(of: handle)
      #expect(read == value)
    }
  }

  @Test func viewsAreReadByKind() throws {
    var process = try system.makeProcess()
    let handle = try process.keep([
      "items": [.tuple(["tea", 2]), .tuple(["milk", 3])], 7: .atom("seven"),
      .tuple([1, 2]): "pair",
    ])
    let total = try process.read(handle) { order -> Int in
      guard case .map(let fields) = order.kind, case .list(let items)? = fields["items"]?.kind
      else { return -1 }
      var total = 0
      for item in items {
        guard case .tuple(let parts) = item.kind, case .integer(let count) = parts[1].kind
        else { return -2 }
        total += count
      }
      #expect(fields.count == 3)
      #expect(fields["nothing"] == nil && fields[.atom("never an atom")] == nil)
      #expect(fields[.tuple([1, 2])]?.string == "pair")
      if case .atom("seven")? = fields[7]?.kind {} else { return -3 }
      return total
    }
    #expect(total == 5)
  }

  @Test func viewsOfBytes() throws {
    var process = try system.makeProcess()
    let bits = try process.keep(.bits([0xAB, 0xCF], count: 12))
    let seen = try process.read(bits) { view -> [UInt8] in
      guard case .bits(let bytes, 12) = view.kind else { return [] }
      return Array(bytes)
    }
    #expect(seen == [0xAB, 0xC0])
  }

  /// A view that got out of its read traps at its next use.
  @Test func aViewThatOutlivesItsReadTraps() async {
    await #expect(processExitsWith: .failure) {
      let system = MemorySystem()
      var process = try system.makeProcess()
      let handle = try process.keep([1, 2])
      var escaped: TermView?
      try process.read(handle) { escaped = $0 }
      _ = escaped?.kind
    }
  }

  @Test func whatIsNoTermIsRefused() throws {
    var process = try system.makeProcess()
    var deep: TermValue = 1
    for _ in 0..<512 { deep = [deep] }
    let refused: [(TermValue, TermBuildError)] = [
      (.float(.nan), .notFinite(.nan)), ([.float(.infinity)], .notFinite(.infinity)),
      (deep, .tooDeep(mostLevels: 512)), (.bits([1], count: 9), .tooFewBits(9, byteCount: 1)),
      (.atom(String(repeating: "x", count: 256)), .atom(.nameTooLong, name: "x")),
      (.immediate(.emptyTuple), .notImmediate),
    ]
    for (value, expected) in refused {
      var found: TermBuildError?
      do { _ = try process.keep(value) } catch { found = error }
      switch (found, expected) {
      case (.notFinite, .notFinite), (.atom(.nameTooLong, _), .atom(.nameTooLong, _)): break
      default: #expect(found == expected)
      }
    }
    guard case .list(let inner) = deep else { return }
    // One level less, and back.
    let handle = try process.keep(inner[0])
    let value = try process.value(of: handle)
    #expect(value == inner[0])
  }

  @Test func whatMeansNothingOutsideIsToldSo() throws {
    var process = try system.makeProcess()
    let alias = try process.makeAlias()
    let handle = try process.keep(alias)
    var found: TermReadError?
    do { _ = try process.value(of: handle) } catch { found = error as? TermReadError }
    #expect(found == .noValue("a reference"))
  }
}
