import Heaps
import Terms

/// One step of ``Table/updateCounter(_:steps:default:by:on:)``: `{Position, Increment}` or
/// `{Position, Increment, Threshold, SetValue}` of `ets:update_counter/3`.
public struct CounterStep {
  /// Of the element, from 1; not that of the key.
  public let position: Int
  /// An integer that is added.
  public let increment: Term
  /// The integer that the sum is not to pass, in the direction of the increment, and the one that
  /// the element becomes where it does.
  public let bound: (threshold: Term, value: Term)?

  /// Makes a step.
  public init(position: Int, increment: Term, bound: (threshold: Term, value: Term)? = nil) {
    self.position = position
    self.increment = increment
    self.bound = bound
  }
}

extension CounterStep {
  fileprivate var isOfIntegers: Bool {
    let isBounded = bound.map { $0.threshold.isInteger && $0.value.isInteger } ?? true
    return increment.isInteger && isBounded
  }
}

/// An element and what it becomes: `{Position, Value}` of `ets:update_element/3`.
public struct ElementUpdate {
  /// From 1; not that of the key.
  public let position: Int
  /// A term of any heap; it is copied.
  public let value: Term

  /// Makes an update.
  public init(position: Int, value: Term) {
    self.position = position
    self.value = value
  }
}

extension Table {
  /// Adds to an element that is an integer, as `ets:update_counter/3,4`.
  /// - Parameters:
  ///   - step: which element, and what is added.
  ///   - other: the object to begin with where there is none with the key, which it gets; nil to
  ///     throw then.
  ///   - heap: that the result is built on where it takes words.
  /// - Returns: what the element is now.
  /// - Throws: ``TableError``; then nothing has changed.
  public func updateCounter(
    _ key: Term, step: CounterStep, default other: Term? = nil, by caller: Term,
    on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let sum = try writeAtSight(key, by: caller) { part, hash throws(TableError) in
      try checkCounting(default: other)
      if part.state.pointee.objects.holdCount == 0 {
        let entry = part.find(immediate: key, hash: hash)
        if !entry.isNone, let sum = addAtOnce(step, to: entry) { return sum }
      }
      return try add(step, to: key, hash, in: .hashed(part), default: other, on: &heap)
    }
    if let sum { return sum }
    return try updateCounterInFull(key, step: step, default: other, by: caller, on: &heap)
  }

  @inline(never)
  private func updateCounterInFull(
    _ key: Term, step: CounterStep, default other: Term?, by caller: Term,
    on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try writing(key: key, by: caller) { part, hash throws(TableError) in
      try checkCounting(default: other)
      return try add(step, to: key, hash, in: part, default: other, on: &heap)
    }
  }

  /// Takes several such steps on one object, one after the other: others see all or none.
  /// - Returns: the list of what the elements were after each step.
  public func updateCounter(
    _ key: Term, steps: [CounterStep], default other: Term? = nil, by caller: Term,
    on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    try writing(key: key, by: caller) { part, hash throws(TableError) in
      try checkCounting(default: other)
      return try add(steps, to: key, hash, in: part, default: other, on: &heap)
    }
  }

  /// Replaces elements, as `ets:update_element/3,4`: others see all or none of it.
  /// - Parameter other: the object to begin with where there is none with the key, which it gets.
  /// - Returns: whether there is an object with the key.
  /// - Throws: ``TableError``; then nothing has changed.
  public func updateElements(
    _ key: Term, _ updates: [ElementUpdate], default other: Term? = nil, by caller: Term
  ) throws(TableError) -> Bool {
    try writing(key: key, by: caller) { part, hash throws(TableError) in
      try checkCounting(default: other)
      let exists = try part.update(key, hash: hash) { entry throws(TableError) in
        try replacing(updates, in: entry, part)
      }
      guard !exists, let other else { return exists }
      try insert(updates, on: other, key: key, hash, in: part)
      return true
    }
  }
}

// MARK: One object

extension Table {
  /// Sees that elements can be changed, with an object to begin with if one is given.
  @inline(__always)
  private func checkCounting(default other: Term?) throws(TableError) {
    if let other, !other.isTuple { throw .notAnObject }
    if isBag { throw .unsupported(type: record.pointee.options.type) }
  }

  /// Takes a step on the object of a key.
  /// - Returns: what the element became.
  @inline(never)
  private func add(
    _ step: CounterStep, to key: Term, _ hash: UInt, in part: TablePart, default other: Term?,
    on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let entry = try part.find(key, hash: hash)
    if !entry.isNone, !part.isHeld, let sum = addAtOnce(step, to: entry) {
      part.renew(entry)
      return sum
    }
    return try add([step], to: key, hash, in: part, default: other, on: &heap).cons[0]
  }

  /// Adds where the sum is as small as the numbers, in place.
  /// - Precondition: no snapshot looks at the object.
  @inline(__always)
  private func addAtOnce(_ step: CounterStep, to entry: TableEntry) -> Term? {
    if !step.increment.isSmall || step.bound != nil || step.position == keyPosition { return nil }
    let words = entry.words
    if step.position < 1 || step.position > Header(bits: words[0]).arity { return nil }
    let value = Term(bits: words[step.position])
    if !value.isSmall { return nil }
    let sum = value.smallValue &+ step.increment.smallValue
    if !Term.fitsSmall(sum) { return nil }
    SharedWord(words + step.position).publish(Term.small(sum).bits)
    return .small(sum)
  }

  /// Takes steps on the object of a key, or on the one given instead.
  /// - Returns: the list of what the elements became.
  @inline(never)
  private func add(
    _ steps: [CounterStep], to key: Term, _ hash: UInt, in part: TablePart, default other: Term?,
    on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let entry = try part.find(key, hash: hash)
    var unpacked = UnpackedObject(scratch: record.pointee.environment.scratch)
    let object: Term
    if entry.isNone {
      guard let other else { throw .noKey }
      _ = try self.key(of: other)
      object = other
    } else {
      object = try unpacked.term(of: entry)
    }
    var updates: [ElementUpdate] = []
    for step in steps {
      if !step.isOfIntegers { throw .notAnInteger }
      let earlier = updates.last { $0.position == step.position }?.value
      let before: Term
      if let earlier { before = earlier } else { before = try element(step.position, of: object) }
      let value = try sum(before, step, on: &heap)
      updates.append(ElementUpdate(position: step.position, value: value))
    }
    // The results are built first, so that nothing can fail once the object has changed.
    var list = Term.nil
    for update in updates.reversed() {
      let rest = list
      list = try ObjectCopies.build(words: 2, on: &heap) { cursor, _ in
        cursor.makeCons(update.value, rest)
      }
    }
    if entry.isNone {
      try insert(updates, on: object, key: key, hash, in: part)
    } else {
      _ = try part.update(key, hash: hash) { entry throws(TableError) in
        try replacing(updates, in: entry, part)
      }
    }
    return list
  }

  /// The element that may be changed at a position.
  private func element(_ position: Int, of object: Term) throws(TableError) -> Term {
    let words = object.boxed
    if position == keyPosition { throw .positionOfKey(position) }
    if position < 1 || position > Header(bits: words[0]).arity {
      throw .invalidPosition(position)
    }
    return Term(bits: words[position])
  }

  /// What an element becomes by a step: a small integer, or one on the heap.
  private func sum(
    _ value: Term, _ step: CounterStep, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    if !value.isInteger { throw .notAnInteger }
    let sum = try self.sum(value, step.increment, on: &heap)
    guard let bound = step.bound else { return sum }
    let isDown = IntegerArithmetic.compare(step.increment, .small(0)) < 0
    let order = IntegerArithmetic.compare(sum, bound.threshold)
    return isDown ? (order < 0 ? bound.value : sum) : (order > 0 ? bound.value : sum)
  }

  private func sum(
    _ value: Term, _ increment: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> Term {
    let scratch = heap.environment.scratch
    var failure: ArithmeticError?
    let words: Int
    do {
      words = try IntegerArithmetic.words(.add, value, increment)
    } catch {
      throw TableError(error)
    }
    let sum = try ObjectCopies.build(words: words, on: &heap) { cursor, _ in
      do throws(ArithmeticError) {
        return try IntegerArithmetic.compute(
          .add, value, increment, into: &cursor, scratch: scratch)
      } catch {
        failure = error
        return Term.none
      }
    }
    if let failure { throw TableError(failure) }
    return sum
  }

  /// Inserts an object with a key and elements of its own.
  private func insert(
    _ updates: [ElementUpdate], on object: Term, key: Term, _ hash: UInt, in part: TablePart
  ) throws(TableError) {
    _ = try self.key(of: object)
    try withChanged(object, updates, key: key) { changed throws(TableError) in
      _ = try part.insert(changed, key: key, hash: hash, rule: .newKey)
    }
  }

  /// A new object in place of one, or none where one word of it was enough.
  private func replacing(
    _ updates: [ElementUpdate], in entry: TableEntry, _ part: TablePart
  ) throws(TableError) -> TableEntry {
    var unpacked = UnpackedObject(scratch: record.pointee.environment.scratch)
    let object = try unpacked.term(of: entry)
    for update in updates { _ = try element(update.position, of: object) }
    if updates.count == 1, !part.isHeld, updates[0].value.isImmediate,
      Term(bits: object.boxed[updates[0].position]).isImmediate
    {
      SharedWord(entry.words + updates[0].position).publish(updates[0].value.bits)
      part.renew(entry)
      return .none
    }
    if updates.isEmpty { return .none }
    var new = TableEntry.none
    try withChanged(object, updates) { changed throws(TableError) in
      new = try part.store(changed)
    }
    return new
  }

  /// Calls with a tuple as an object, but for some elements: it shares the rest with it.
  private func withChanged(
    _ object: Term, _ updates: [ElementUpdate], key: Term? = nil,
    _ body: (Term) throws(TableError) -> Void
  ) throws(TableError) {
    let source = object.boxed
    let count = 1 + Header(bits: source[0]).arity
    for update in updates { _ = try element(update.position, of: object) }
    let scratch = record.pointee.environment.scratch
    let memory: UnsafeMutableRawPointer
    do {
      memory = try scratch.allocateScratch(byteCount: count * 8)
    } catch {
      throw TableError(error)
    }
    defer { scratch.freeScratch(memory, byteCount: count * 8) }
    let words = memory.bindMemory(to: UInt.self, capacity: count)
    words.update(from: source, count: count)
    for update in updates { words[update.position] = update.value.bits }
    if let key { words[keyPosition] = key.bits }
    try body(.boxed(at: words))
  }
}
