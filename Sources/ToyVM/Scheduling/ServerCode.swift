import Tenure

/// The code of a process that answers the requests of Erlang's protocol for input and output. It
/// is code because a request may name a function that is to be applied.
///
/// ```
///   loop:   Request = next()
///   step:   Result = catch prepare(Request)
///           case finish(Result, Request) of [] -> loop; More -> Request = More, step end
/// ```
struct ServerCode {
  let start: UnsafeMutablePointer<UInt>
  private let slotCount: Int

  init(store: CodeStore) {
    func native(_ name: String, _ arity: Int) -> UInt {
      // The names are ours: short, and few beside the smallest table.
      guard let module = try? store.system.atoms.atom(ServerCode.module),
        let function = try? store.system.atoms.atom(name)
      else { return 0 }
      let name = FunctionName(module: module, function: function, arity: arity)
      return UInt(bitPattern: store.export(name))
    }
    let (request, guarded): (UInt, UInt) = (0 << 3 | 1, 1 << 3 | 1)
    func slot(_ opcode: Opcode, n: UInt = 0, a: UInt = 0, b: UInt = 0) -> UInt {
      UInt(opcode.rawValue) | n << 8 | a << 16 | b << 32
    }
    var slots: [UInt] = [
      slot(.functionInfo),
      slot(.allocate, a: 2),
      slot(.initYRegisters, n: 2), request, guarded,
    ]
    let loop = slots.count
    slots += [slot(.callNative), native("next", 0)]
    let step = slots.count
    slots += [
      slot(.moveXY, a: 0, b: request),
      slot(.catch, a: guarded), 0,
    ]
    let mark = slots.count - 1
    slots += [slot(.callNative), native("prepare", 1)]
    let handler = slots.count
    slots += [
      slot(.catchEnd, a: guarded),
      slot(.moveYX, a: request, b: 1 << 3),
      slot(.callNative), native("finish", 2),
    ]
    for (opcode, target) in [(Opcode.isNil, step), (.jump, loop)] {
      slots.append(slot(opcode) | UInt(bitPattern: target - slots.count) << 32)
    }
    slotCount = slots.count
    start = .allocate(capacity: slotCount)
    start.initialize(from: slots, count: slotCount)
    start[mark] = Term.catch(store.addHandler(start + handler)).bits
  }

  /// The module that the natives are of; no program can name it by chance.
  static var module: String { "tenure io" }

  /// Where a process begins.
  var entry: UnsafeMutablePointer<UInt> { start + 1 }

  func deallocate() { start.deallocate() }
}
