import Carriers
import Heaps
import Terms
import TestKit

@testable import ETS

/// A tree, terms to put into it, and what it should hold: keys and values in order.
final class OrderedFixture {
  let source: PageSource
  let allocator: BlockAllocator
  let environment: HeapEnvironment
  let bench: TermBench
  let tree: OrderedTree
  let keyPosition: Int
  /// The bytes of the tree without objects.
  let emptyByteCount: Int
  private(set) var model: [(key: Term, value: Int)] = []

  init(
    memory: MemoryConfiguration = MemoryConfiguration(), keyPosition: Int = 1,
    words: Int = 1 << 18
  ) throws {
    source = PageSource(configuration: memory)
    allocator = BlockAllocator(configuration: memory, source: source)
    environment = HeapEnvironment(allocator: allocator)
    bench = TermBench(words: words)
    self.keyPosition = keyPosition
    tree = try OrderedTree(
      options: OrderedTreeOptions(keyPosition: keyPosition, limit: nil),
      environment: environment, atoms: bench.atoms)
    emptyByteCount = tree.byteCount
  }

  deinit { tree.destroy() }

  /// Runs a piece of work within a section, as all that uses a tree.
  func within<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let reader = allocator.reader
    reader.enter()
    defer { reader.leave() }
    return try body()
  }

  /// Inserts the object of a key and a value into the tree.
  func insert(_ key: Term, _ value: Int) throws(TableError) -> Bool {
    try within { () throws(TableError) in
      try tree.insert(object(key, value), key: key, rule: .always)
    }
  }

  /// Takes the object of a key out of the tree.
  func remove(_ key: Term) throws(TableError) -> Bool {
    try within { () throws(TableError) in try tree.remove(key) }
  }

  /// The object of a key and a value: one word to patch, or a block of its own.
  func object(_ key: Term, _ value: Int) -> Term {
    let words = bench.cursor.makeTuple(arity: 2)
    words[keyPosition] = key.bits
    words[3 - keyPosition] =
      value % 3 == 0 ? bench.cursor.makeCons(.small(value), .nil).bits : Term.small(value).bits
    return .boxed(at: words)
  }

  /// The value of an object that ``object(_:_:)`` made.
  func value(_ entry: TableEntry) -> Int {
    let value = Term(bits: entry.words[3 - keyPosition])
    return value.isCons ? value.cons[0].smallValue : value.smallValue
  }

  /// Where a key stands in the model, or would.
  func place(of key: Term) throws -> (index: Int, isThere: Bool) {
    var (low, high) = (0, model.count)
    while low < high {
      let middle = (low + high) / 2
      let order = try bench.order.compare(model[middle].key, key)
      if order == 0 { return (middle, true) }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  func put(_ key: Term, _ value: Int) throws {
    let (index, isThere) = try place(of: key)
    if isThere {
      model[index] = (key, value)
    } else {
      model.insert((key, value), at: index)
    }
  }

  func take(_ key: Term) throws -> Bool {
    let (index, isThere) = try place(of: key)
    if isThere { model.remove(at: index) }
    return isThere
  }

  func forgetModel() { model = [] }

  /// Whether an entry is that of an element of the model.
  func isEntry(_ entry: TableEntry, _ index: Int) -> Bool {
    if !model.indices.contains(index) { return entry.isNone }
    guard !entry.isNone else { return false }
    let isKey = try? TermEquality.isExactlyEqual(
      tree.key(of: entry), model[index].key, scratch: bench.scratch)
    return isKey == true && value(entry) == model[index].value
  }

  /// Whether walks both ways give the model.
  func isModel() throws -> Bool {
    var forward = OrderedTree.Cursor()
    for index in 0...model.count where !isEntry(try tree.next(&forward), index) { return false }
    var backward = OrderedTree.Cursor()
    for index in stride(from: model.count - 1, through: -1, by: -1)
    where !isEntry(try tree.previous(&backward), index) {
      return false
    }
    return tree.objectCount == model.count
  }
}
