/// Parts side by side that are being placed.
struct PartRow {
  /// The part to place next.
  var next: Int
  /// The part behind the last.
  var end: Int
  /// The column of parts that begin a line.
  var left: Int
  /// The column behind what is placed.
  var column: Int
  /// The brackets that close behind the last part's own row.
  var closers: Int
  /// The characters of the line so far.
  var used: Int
  /// Whether nothing is placed that a part could have to stand behind.
  var isFirst = true
  /// Whether the parts are the key and the value of a pair.
  var isPair = false
}

/// The rows around the one that is being placed, the innermost on top.
struct PendingRows: ~Copyable {
  private let scratch: any ScratchProvider
  private var stack: ScratchStack

  init(_ scratch: any ScratchProvider) {
    self.scratch = scratch
    stack = ScratchStack(provider: scratch)
  }

  mutating func push(_ row: PartRow) throws(ScratchExhausted) {
    try stack.push(UInt(row.next))
    try stack.push(UInt(row.end))
    try stack.push(UInt(row.left))
    try stack.push(UInt(row.column))
    try stack.push(UInt(row.used))
    try stack.push(UInt(row.closers) << 2 | (row.isFirst ? 2 : 0) | (row.isPair ? 1 : 0))
  }

  mutating func pop() -> PartRow? {
    guard let low = stack.pop() else { return nil }
    guard let used = stack.pop(), let column = stack.pop(), let left = stack.pop(),
      let end = stack.pop(), let next = stack.pop()
    else { preconditionFailure("the pending rows are in disorder") }
    return PartRow(
      next: Int(next), end: Int(end), left: Int(left), column: Int(column),
      closers: Int(low >> 2), used: Int(used), isFirst: low & 2 != 0, isPair: low & 1 != 0)
  }

  mutating func removeAll() { stack = ScratchStack(provider: scratch) }
}
