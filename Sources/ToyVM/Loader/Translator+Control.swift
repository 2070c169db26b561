import Tenure

extension Translator {
  /// Labels, calls, frames and room. False for other instructions.
  mutating func translateControl(_ i: GenericInstruction) throws(LoadError) -> Bool {
    switch i.opcode {
    case .label:
      guard case .unsigned(let label) = i.operands[0], buffer.labels.indices.contains(label),
        buffer.labels[label] < 0
      else { throw unfit(i, 0) }
      // A slice may end where a function begins, and keeps its arguments then; who jumps there need
      // not have them.
      if buffer.end == entryEnd { buffer.begin(.deallocate) }
      buffer.place(label: label)
      if isAtEntry { entryEnd = buffer.end }
      isAtEntry = false
      if let entry = shadowed {
        // What a module's own code would say about a native is that the native is not there.
        buffer.begin(.callNativeOnly)
        buffer.append(UInt(bitPattern: entry))
        shadowed = nil
      }
    case .funcInfo: try translateFunctionInfo(i)
    case .intCodeEnd: buffer.begin(.codeEnd)
    // Natives that a module would load of a library are natives of the machine.
    case .executableLine, .debugLine, .nifStart, .onLoad: break
    // How compilers before OTP 24 said where a search of the messages may begin: it need not.
    case .recvMark, .recvSet: break
    case .recvMarkerReserve: buffer.begin(.markMessages, a: try register(i, 0))
    case .recvMarkerBind: try beginWithValues(.bindMark, i, a: 0, b: 1)
    case .recvMarkerUse: try beginWithValues(.useMark, i, a: 0)
    case .recvMarkerClear: try beginWithValues(.clearMark, i, a: 0)
    case .send: buffer.begin(.send)
    case .removeMessage: buffer.begin(.removeMessage)
    case .timeout: buffer.begin(.timeout)
    case .loopRec:
      let start = buffer.begin(.loopRec, a: try register(i, 1))
      buffer.jump(to: try target(i, 0), at: start)
    case .loopRecEnd, .wait:
      let start = buffer.begin(i.opcode == .wait ? .wait : .loopRecEnd)
      buffer.jump(to: try target(i, 0), at: start)
    case .waitTimeout: try beginWithValues(.waitTimeout, i, a: 1, jump: try target(i, 0))
    case .jump:
      let start = buffer.begin(.jump)
      buffer.jump(to: try target(i, 0), at: start)
    case .call, .callOnly: try translateCall(i, i.opcode == .call ? .call : .callOnly)
    case .callLast:
      buffer.begin(.callLast, a: UInt(try unsigned(i, 2, below: 1 << 16)))
      buffer.appendAddress(of: try target(i, 1))
    case .callExt, .callExtOnly, .callExtLast: try translateExternalCall(i)
    case .callFun, .callFun2:
      let (arity, fun) = try funCall(i)
      buffer.begin(.callFun, n: arity, a: fun)
    case .apply: buffer.begin(.apply, n: try unsigned(i, 0, below: 254))
    case .applyLast:
      buffer.begin(
        .applyLast, n: try unsigned(i, 0, below: 254), a: UInt(try unsigned(i, 1, below: 1 << 16)))
    case .return: buffer.begin(.return)
    case .allocate, .allocateZero:
      let words = UInt(try unsigned(i, 0, below: 1 << 16))
      let start = buffer.begin(.allocate, n: try live(i, 1), a: words)
      if i.opcode == .allocateZero { try clearFrame(words, after: start) }
    case .allocateHeap, .allocateHeapZero:
      let words = UInt(try unsigned(i, 0, below: 1 << 16))
      let start = buffer.begin(.allocateHeap, n: try live(i, 2), a: words)
      buffer.setUpperHalf(try heapWords(i, 1), at: start)
      if i.opcode == .allocateHeapZero { try clearFrame(words, after: start) }
    case .testHeap:
      let start = buffer.begin(.testHeap, n: try live(i, 1))
      buffer.setUpperHalf(try heapWords(i, 0), at: start)
    case .deallocate, .trim:
      buffer.begin(.deallocate, a: UInt(try unsigned(i, 0, below: 1 << 16)))
    case .initYregs: try translateInitialization(try list(i, 0), i)
    case .initRegister: try translateInitialization([i.operands[0]], i)
    default: return false
    }
    return true
  }

  /// The arity of a fun's call and the register that holds the fun.
  mutating func funCall(_ i: GenericInstruction) throws(LoadError) -> (arity: Int, fun: UInt) {
    if i.opcode == .callFun {
      let arity = try unsigned(i, 0, below: 255)
      return (arity, UInt(arity * 8))
    }
    return (try unsigned(i, 1, below: 255), try anyRegister(i, 2))
  }

  /// The live X registers of an instruction that may collect.
  func live(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> Int {
    try unsigned(i, place, below: 256)
  }

  /// The words of an allocation: a number, or a list of what is to be built.
  func heapWords(_ i: GenericInstruction, _ place: Int) throws(LoadError) -> Int {
    switch i.operands[place] {
    case .unsigned(let words) where words < 1 << 28: return words
    case .allocation(let words, let floats, let funs)
    where words < 1 << 28 && floats < 1 << 24 && funs < 1 << 24:
      return words + 2 * floats + Fun.words(free: 0) * funs
    default: throw unfit(i, place)
    }
  }

  private mutating func translateFunctionInfo(_ i: GenericInstruction) throws(LoadError) {
    guard case .atom(let module) = i.operands[0], case .atom(let function) = i.operands[1] else {
      throw unfit(i, 0)
    }
    let name = FunctionName(
      module: atoms[module], function: atoms[function], arity: try unsigned(i, 2, below: 256))
    functions.append(FunctionInfo(name: name, start: buffer.end))
    buffer.begin(.functionInfo, n: name.arity, b: FunctionMark.b, c: FunctionMark.c)
    isAtEntry = name.arity > 0
    let entry = store.export(name)
    shadowed = entry.pointee.native >= 0 ? entry : nil
  }

  private mutating func translateCall(
    _ i: GenericInstruction, _ opcode: Opcode
  ) throws(LoadError) {
    buffer.begin(opcode)
    buffer.appendAddress(of: try target(i, 1))
  }

  private mutating func translateExternalCall(_ i: GenericInstruction) throws(LoadError) {
    let index = try unsigned(i, 1, below: imports.count)
    let entry = imports[index]
    guard try unsigned(i, 0, below: 256) == entry.pointee.name.arity else { throw unfit(i, 0) }
    let isNative = entry.pointee.native >= 0
    switch i.opcode {
    case .callExt: buffer.begin(isNative ? .callNative : .callExport)
    case .callExtOnly: buffer.begin(isNative ? .callNativeOnly : .callExportOnly)
    default:
      buffer.begin(
        isNative ? .callNativeLast : .callExportLast, a: UInt(try unsigned(i, 2, below: 1 << 16)))
    }
    buffer.append(UInt(bitPattern: entry))
  }

  private mutating func clearFrame(_ words: UInt, after start: Int) throws(LoadError) {
    guard words < 256 else { throw .malformed(reason: "a frame of \(words) words to clear") }
    buffer.begin(.initYRegisters, n: Int(words))
    for index in 0..<words { buffer.append(index * 8 | 1) }
  }

  private mutating func translateInitialization(
    _ registers: [Operand], _ i: GenericInstruction
  ) throws(LoadError) {
    var rest = registers[...]
    while !rest.isEmpty {
      let some = rest.prefix(255)
      rest = rest.dropFirst(255)
      buffer.begin(.initYRegisters, n: some.count)
      for operand in some {
        guard isY(operand), let field = register(operand) else { throw unfit(i, 0) }
        buffer.append(field)
      }
    }
  }
}
