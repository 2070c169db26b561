import Terms

/// A stack of words for the compiler, whose refusals are errors of a specification.
struct MatchWords: ~Copyable {
  private var stack: ScratchStack

  init(_ scratch: any ScratchProvider) { stack = ScratchStack(provider: scratch) }

  var count: Int { stack.count }
  var isEmpty: Bool { stack.isEmpty }

  mutating func push(_ words: UInt...) throws(MatchSpecificationError) {
    do throws(ScratchExhausted) {
      for word in words { try stack.push(word) }
    } catch {
      throw MatchSpecificationError(error)
    }
  }

  mutating func pop() -> UInt? { stack.pop() }

  mutating func removeLast(downTo left: Int) { stack.removeLast(downTo: left) }

  subscript(index: Int) -> UInt {
    get { stack[index] }
    set { stack[index] = newValue }
  }
}

/// The pairs of a map for the compiler.
struct MatchPairs: ~Copyable {
  private var pairs: MapPairs

  init(of map: Term, scratch: any ScratchProvider) throws(MatchSpecificationError) {
    do throws(ScratchExhausted) {
      pairs = try MapPairs(of: map, scratch: scratch)
    } catch {
      throw MatchSpecificationError(error)
    }
  }

  mutating func next() throws(MatchSpecificationError) -> (key: Term, value: Term)? {
    do throws(ScratchExhausted) {
      return try pairs.next()
    } catch {
      throw MatchSpecificationError(error)
    }
  }
}
