/// A short stack of what was moved and whose terms are still to be visited: the new terms of
/// objects, and of cells whose head was visited but not their tail. A slot of its own stands there as
/// the cell that it would be the tail of.
///
/// By value, like the address it is: who pushes hands the new top on.
struct PendingObjects {
  /// Behind what was pushed last.
  var top: UnsafeMutablePointer<UInt>
  private let end: UnsafeMutablePointer<UInt>
  /// The views that were moved ahead of what they are parts of. Behind the stack's memory, so that
  /// it needs no register of its own.
  @inline(__always)
  var views: MovedViews { MovedViews(words: end) }

  /// So many that they need no memory but the thread's stack, and enough for a tree of any size
  /// that is not much deeper than it must be.
  private static var mostObjects: Int { 128 }

  /// Calls with an empty stack.
  @inline(__always)
  static func withStack<Result>(_ body: (PendingObjects) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: mostObjects) {
      body(PendingObjects(in: $0))
    }
  }

  private init(in memory: UnsafeMutableBufferPointer<UInt>) {
    guard let base = memory.baseAddress else { preconditionFailure("a stack without memory") }
    top = base
    end = base + memory.count - MovedViews.words
    views.clear()
  }

  /// Whether there is room for so many more.
  @inline(__always)
  func hasRoom(for count: Int) -> Bool { count == 1 ? top != end : end - top >= count }

  /// What was pushed last.
  @inline(__always)
  var last: UInt { top[-1] }

  /// Takes back what was pushed last.
  @inline(__always)
  mutating func pop() -> UInt {
    top -= 1
    return top.pointee
  }

  /// Takes back a cell that was pushed last: the slot of its tail.
  @inline(__always)
  mutating func popTailSlot() -> UnsafeMutablePointer<UInt> {
    UnsafeMutablePointer(bitPattern: pop() &+ 7).unsafelyUnwrapped
  }

  /// Notes a term.
  ///
  /// - Returns: whether there was room.
  @inline(__always)
  mutating func push(_ item: UInt) -> Bool {
    if top == end { return false }
    top.pointee = item
    top += 1
    return true
  }

  /// Notes a slot.
  /// - Precondition: there is room.
  @inline(__always)
  mutating func pushSlot(_ slot: UnsafeMutablePointer<UInt>) {
    // As the tail of a cell that would stand a word before.
    top.pointee = UInt(bitPattern: slot) &- 7
    top += 1
  }

  /// Notes a term unless a number is 1 rather than 0, without a branch on it.
  ///
  /// - Returns: whether there was room.
  @inline(__always)
  mutating func push(_ item: UInt, unless one: UInt) -> Bool {
    if top == end { return false }
    top.pointee = item
    top += 1 &- Int(bitPattern: one)
    return true
  }

  /// Notes two terms, of which the second comes first; both or none.
  @inline(__always)
  mutating func push(_ second: UInt, _ first: UInt) -> Bool {
    if end - top < 2 { return false }
    top[0] = second
    top[1] = first
    top += 2
    return true
  }
}
