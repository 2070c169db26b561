import Terms
import Heaps

/// What a slice of a longer piece of work counted.
public struct CountSlice {
  /// The objects counted, taken out or replaced in this slice.
  public let count: Int
  /// What to go on with, a term of the heap given; nil where there is no more.
  public let continuation: Term?
}

// MARK: Whole tables

extension Table {
  /// Takes out the objects for which the result is `true`, as `ets:select_delete/2`: each at once,
  /// not all together.
  /// - Returns: how many.
  public func selectDelete(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    try edit(.remove, specification, by: caller)
  }

  /// Replaces the objects that match by the results, as `ets:select_replace/2`: each at once.
  /// - Returns: how many.
  /// - Throws: ``TableError/invalidSpecification(_:)`` where it cannot be told that each result has
  ///   the key of its object.
  public func selectReplace(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    try checkReplacement(specification, by: caller)
    return try edit(.replace, specification, by: caller)
  }

  /// The objects looked at in one go, with the lock of a part held.
  private static var stepsAtOnce: Int { 1000 }

  private func edit(
    _ action: MatchEditor.Action, _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    try checkWriter(caller)
    // Entries stay where they are between two goes.
    try forEachPart { $0.fix() }
    defer { try? unfix() }
    var editor = MatchEditor(
      action, try ObjectMatcher(for: specification, caller), steps: Self.stepsAtOnce)
    var position = WalkPosition.start
    // What others delete meanwhile may be all there is, so the key is kept elsewhere.
    var kept: KeptTerm?
    while true {
      let before = kept
      position = try edit(
        &editor, specification, from: position, by: caller
      ) { key throws(TableError) in
        let next = try KeptTerm(copying: key, environment: record.pointee.environment)
        kept = next
        return next.term
      }
      withExtendedLifetime(before) {}
      if case .end = position { return editor.count }
      editor.stepsLeft = Self.stepsAtOnce
    }
  }

  private func checkReplacement(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) {
    try check(.replacing, by: caller)
    do {
      guard try specification.keepsKey(at: keyPosition) else {
        throw TableError.invalidSpecification("a result may have another key than its object")
      }
    } catch let error as ScratchExhausted {
      throw TableError(error)
    } catch {
      throw .invalidSpecification("a result may have another key than its object")
    }
  }
}

// MARK: Slices

extension Table {
  /// How many objects there are for which the result is `true`, as `ets:select_count/2`.
  public func selectCount(
    _ specification: MatchSpecification, by caller: Term
  ) throws(TableError) -> Int {
    var matcher = try ObjectMatcher(for: specification, caller)
    return try walking(by: caller) { storage throws(TableError) in
      var walk = try MatchWalk(specification, keyPosition: keyPosition, of: storage)
      var count = 0
      while true {
        let entry = try walk.next(of: storage)
        if entry.isNone { return count }
        if try matcher.run(on: entry) == .true { count += 1 }
      }
    }
  }

  /// As ``selectCount(_:by:)``, for some objects.
  /// - Parameters:
  ///   - steps: the most objects to look at, but for those of one key, which are looked at together.
  ///   - continuation: what an earlier slice with the same specification gave; nil for the first.
  ///   - heap: that the continuation is built on.
  public func selectCount(
    _ specification: MatchSpecification, steps: Int, after continuation: Term? = nil,
    by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> CountSlice {
    if steps < 1 { throw .invalidOption("a slice of nothing") }
    let begun = try self.continuation(continuation)
    var matcher = try ObjectMatcher(for: specification, caller)
    return try walking(by: caller) { storage throws(TableError) in
      var walk = try MatchWalk(
        specification, keyPosition: keyPosition, of: storage, from: begun.position)
      var (count, stepsLeft) = (0, steps)
      while stepsLeft > 0 || walk.isWithinKey {
        let entry = try walk.next(of: storage)
        if entry.isNone { return CountSlice(count: count, continuation: nil) }
        if try matcher.run(on: entry) == .true { count += 1 }
        stepsLeft -= 1
      }
      let next = Continuation(position: walk.position, rest: .nil)
      return CountSlice(count: count, continuation: try next.term(of: self, on: &heap))
    }
  }

  /// As ``selectDelete(_:by:)``, for some objects; the parameters are those of
  /// ``selectCount(_:steps:after:by:on:)``. A table that is not ordered needs a ``fix(by:)`` for the time, even
  /// if nobody else writes: as objects go, others move to where the next slice does not look.
  public func selectDelete(
    _ specification: MatchSpecification, steps: Int, after continuation: Term? = nil,
    by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> CountSlice {
    try editSlice(.remove, specification, steps, after: continuation, by: caller, on: &heap)
  }

  /// As ``selectReplace(_:by:)``, for some objects; the parameters are those of
  /// ``selectCount(_:steps:after:by:on:)``.
  public func selectReplace(
    _ specification: MatchSpecification, steps: Int, after continuation: Term? = nil,
    by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> CountSlice {
    try checkReplacement(specification, by: caller)
    return try editSlice(.replace, specification, steps, after: continuation, by: caller, on: &heap)
  }

  private func editSlice(
    _ action: MatchEditor.Action, _ specification: MatchSpecification, _ steps: Int,
    after term: Term?, by caller: Term, on heap: inout ProcessHeap
  ) throws(TableError) -> CountSlice {
    if steps < 1 { throw .invalidOption("a slice of nothing") }
    try checkWriter(caller)
    var next = try continuation(term)
    var editor = MatchEditor(
      action, try ObjectMatcher(for: specification, caller), steps: steps)
    while editor.stepsLeft > 0 {
      next.position = try edit(
        &editor, specification, from: next.position, by: caller
      ) { key throws(TableError) in
        try ObjectCopies.copy(key, on: &heap)
      }
      if case .end = next.position { break }
    }
    return CountSlice(count: editor.count, continuation: try next.term(of: self, on: &heap))
  }
}

// MARK: One go

extension Table {
  /// Edits some objects: as many as one hold of a part's lock, or the editor's steps, allow.
  /// - Parameter keep: keeps a key for the position.
  /// - Returns: where to go on.
  private func edit(
    _ editor: inout MatchEditor, _ specification: MatchSpecification,
    from position: WalkPosition, by caller: Term,
    keep: (Term) throws(TableError) -> Term
  ) throws(TableError) -> WalkPosition {
    let demand = try KeyDemand(of: specification, at: keyPosition, isOrdered: isOrdered)
    if case .never = demand { return .end }
    if case .keys(let keys) = demand {
      return try edit(keys, &editor, from: position, by: caller)
    }
    if isOrdered {
      return try withPart(0) { part throws(TableError) in
        try edit(part, &editor, specification, from: position, keep: keep)
      }
    }
    switch position {
    case .start: return try edit(&editor, part: 0, from: HashPart.Cursor())
    case .line(let part, let cursor): return try edit(&editor, part: part, from: cursor)
    case .keys, .end: return .end
    case .behind: throw .invalidContinuation
    }
  }

  private func edit(
    _ keys: [Term], _ editor: inout MatchEditor, from position: WalkPosition, by caller: Term
  ) throws(TableError) -> WalkPosition {
    var done: Int
    switch position {
    case .start: done = 0
    case .keys(let count): done = count
    case .end: return .end
    case .line, .behind: throw .invalidContinuation
    }
    while done < keys.count && editor.stepsLeft > 0 {
      let key = keys[done]
      done += 1
      editor.stepsLeft -= 1
      try writing(key: key, by: caller) { part, hash throws(TableError) in
        let entry = try part.find(key, hash: hash)
        if !entry.isNone { try editor.edit(entry, key: key, hash: hash, in: part) }
      }
    }
    return done < keys.count ? .keys(done) : .end
  }

  /// Edits objects of a part of an index by hash.
  private func edit(
    _ editor: inout MatchEditor, part index: Int, from start: HashPart.Cursor
  ) throws(TableError) -> WalkPosition {
    if index >= (try partCount()) { return .end }
    return try withPart(index) { part throws(TableError) in
      guard case .hashed(let hashed) = part else { throw .invalidContinuation }
      // Nothing moves as objects go.
      hashed.fix()
      defer { hashed.unfix() }
      var cursor = start
      while editor.stepsLeft > 0 {
        let entry = hashed.next(&cursor)
        if entry.isNone { return .line(part: index + 1, HashPart.Cursor()) }
        let key = hashed.key(of: entry)
        try editor.edit(entry, key: key, hash: try hashed.hash(key), in: part)
      }
      return .line(part: index, cursor)
    }
  }

  /// Edits objects of an ordered table.
  private func edit(
    _ part: TablePart, _ editor: inout MatchEditor, _ specification: MatchSpecification,
    from position: WalkPosition, keep: (Term) throws(TableError) -> Term
  ) throws(TableError) -> WalkPosition {
    let storage = record.pointee.storage
    var walk = try MatchWalk(
      specification, keyPosition: keyPosition, of: storage, from: position)
    var entry = try walk.next(of: storage)
    while !entry.isNone {
      // The walk stands on the next object, since this one may go.
      let next = try walk.next(of: storage)
      let key = part.key(of: entry)
      let isLast = editor.stepsLeft <= 1 && !next.isNone
      let kept = isLast ? try keep(key) : nil
      try editor.edit(entry, key: key, hash: 0, in: part)
      if let kept { return .behind(kept) }
      entry = next
    }
    return .end
  }
}
