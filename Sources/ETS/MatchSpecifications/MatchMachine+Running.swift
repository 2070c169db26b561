import Terms

extension MatchMachine {
  /// Runs the program.
  ///
  /// - Returns: the result, or no value where no clause matches.
  @usableFromInline
  mutating func execute(on object: Term) throws(MatchRunError) -> Term {
    let (frame, registers) = (frame, registers)
    frame[MatchFrame.object] = object.bits
    results.reset()
    var base = UnsafePointer(frame)
    var pc = code
    var next: UInt = 0
    var isBody = false
    while true {
      let word = MatchInstruction(bits: pc[0])
      let holds: Bool
      switch word.opcode {
      case .clause:
        next = pc[1]
        base = UnsafePointer(frame)
        isBody = false
        pc += 2
        continue
      case .clauseOfTuple:
        next = pc[1]
        isBody = false
        holds = object.isBoxed && object.boxed[0] == pc[2]
        base = UnsafePointer(bitPattern: object.address).unsafelyUnwrapped
        pc += 3
      case .bind:
        frame[word.b] = base[word.a]
        pc += 1
        continue
      case .same:
        let (left, right) = (Term(bits: base[word.a]), Term(bits: frame[word.b]))
        holds = try isExactlyEqual(left, right)
        pc += 1
      case .word:
        holds = base[word.a] == pc[1]
        pc += 2
      case .float:
        let term = Term(bits: base[word.a])
        holds = term.isFloat && term.boxed[1] == pc[1]
        pc += 2
      case .term:
        holds = try isExactlyEqual(Term(bits: base[word.a]), Term(bits: pc[1]))
        pc += 2
      case .tuple:
        let term = Term(bits: base[word.a])
        holds = term.isBoxed && term.boxed[0] == pc[1]
        registers[word.b] = term.address
        pc += 2
      case .cons:
        let term = Term(bits: base[word.a])
        holds = term.isCons
        registers[word.b] = term.address
        pc += 1
      case .map:
        let term = Term(bits: base[word.a])
        holds = term.isMap && term.mapSize >= Int(pc[1])
        registers[word.b] = term.bits
        pc += 2
      case .enter:
        base = UnsafePointer(bitPattern: registers[word.a]).unsafelyUnwrapped
        pc += 1
        continue
      case .enterTuple:
        let term = Term(bits: base[word.a])
        holds = term.isBoxed && term.boxed[0] == pc[1]
        base = UnsafePointer(bitPattern: term.address).unsafelyUnwrapped
        pc += 2
      case .enterCons:
        let term = Term(bits: base[word.a])
        holds = term.isCons
        base = UnsafePointer(bitPattern: term.address).unsafelyUnwrapped
        pc += 1
      case .lookUp:
        let value = try value(of: Term(bits: pc[1]), in: Term(bits: registers[word.a]))
        holds = !value.isNone
        registers[word.b] = value.bits
        base = UnsafePointer(registers + word.b)
        pc += 2
      case .requireTrue:
        holds = frame[word.a] == Term.true.bits
        pc += 1
      case .requireKind:
        let kind = unsafeBitCast(UInt8(truncatingIfNeeded: word.b), to: MatchFunction.self)
        holds = Self.isKind(kind, Term(bits: frame[word.a]))
        pc += 1
      case .requireLess:
        let (left, right) = (Term(bits: frame[word.a]), Term(bits: frame[word.b]))
        if left.isSmall && right.isSmall {
          holds = Int(bitPattern: left.bits) < Int(bitPattern: right.bits)
        } else {
          holds = try compare(left, right) < 0
        }
        pc += 1
      case .requireNotGreater:
        let (left, right) = (Term(bits: frame[word.a]), Term(bits: frame[word.b]))
        if left.isSmall && right.isSmall {
          holds = Int(bitPattern: left.bits) <= Int(bitPattern: right.bits)
        } else {
          holds = try compare(left, right) <= 0
        }
        pc += 1
      case .requireEqual:
        holds = try isEqual(Term(bits: frame[word.a]), Term(bits: frame[word.b]))
        pc += 1
      case .requireNotEqual:
        holds = try !isEqual(Term(bits: frame[word.a]), Term(bits: frame[word.b]))
        pc += 1
      case .requireExactlyEqual:
        holds = try isExactlyEqual(Term(bits: frame[word.a]), Term(bits: frame[word.b]))
        pc += 1
      case .requireExactlyNotEqual:
        holds = try !isExactlyEqual(Term(bits: frame[word.a]), Term(bits: frame[word.b]))
        pc += 1
      case .body:
        isBody = true
        pc += 1
        continue
      case .call:
        let result = try call(pc)
        holds = store(result, at: word.a, isBody: isBody)
        pc += 3
      case .makeTuple:
        frame[word.a] = try makeTuple(pc + 1, count: word.b).bits
        pc += 1 + word.b
        continue
      case .makeList:
        frame[word.a] = try makeList(pc + 1, count: word.b).bits
        pc += 2 + word.b
        continue
      case .makeMap:
        frame[word.a] = try makeMap(pc + 1, count: word.b).bits
        pc += 1 + 2 * word.b
        continue
      case .andAlso, .orElse:
        let value = Term(bits: frame[word.b])
        let goesOn = word.opcode == .andAlso ? Term.true : Term.false
        let ends = word.opcode == .andAlso ? Term.false : Term.true
        if value == goesOn {
          pc += 2
          continue
        }
        holds = store(value == ends ? value : .none, at: word.a, isBody: isBody)
        pc += Int(pc[1])
      case .move:
        frame[word.a] = frame[word.b]
        pc += 1
        continue
      case .end:
        return Term(bits: frame[word.a])
      }
      if holds { continue }
      if next == 0 { return .none }
      pc = code + Int(next)
    }
  }

  /// Puts a result in its place, in a body `'EXIT'` where there is none.
  /// - Returns: whether the program goes on.
  @inline(__always)
  private func store(_ result: Term, at place: Int, isBody: Bool) -> Bool {
    if result.isNone {
      if !isBody { return false }
      frame[place] = Term.exitSignal.bits
    } else {
      frame[place] = result.bits
    }
    return true
  }

  // MARK: - Comparing

  @inline(__always)
  func isExactlyEqual(_ left: Term, _ right: Term) throws(MatchRunError) -> Bool {
    if left == right { return true }
    if left.isImmediate || right.isImmediate { return false }
    return try areEqual(left, right, exactly: true)
  }

  @inline(__always)
  func isEqual(_ left: Term, _ right: Term) throws(MatchRunError) -> Bool {
    if left == right { return true }
    if left.isImmediate && right.isImmediate { return false }
    return try areEqual(left, right, exactly: false)
  }

  @inline(never)
  private func areEqual(
    _ left: Term, _ right: Term, exactly: Bool
  ) throws(MatchRunError) -> Bool {
    do throws(ScratchExhausted) {
      return exactly
        ? try TermEquality.isExactlyEqual(left, right, scratch: scratch)
        : try TermEquality.isEqual(left, right, scratch: scratch)
    } catch {
      throw MatchRunError(error)
    }
  }

  @inline(never)
  func compare(_ left: Term, _ right: Term) throws(MatchRunError) -> Int {
    do throws(ScratchExhausted) {
      return try specification.order.compare(left, right)
    } catch {
      throw MatchRunError(error)
    }
  }

  /// The value of a key of a map, or no value.
  @inline(never)
  func value(of key: Term, in map: Term) throws(MatchRunError) -> Term {
    do throws(ScratchExhausted) {
      return try TermMap.value(of: key, in: map, scratch: scratch) ?? .none
    } catch {
      throw MatchRunError(error)
    }
  }
}
