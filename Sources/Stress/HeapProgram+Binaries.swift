import Heaps
import TestKit
import Terms

extension HeapProgram {
  /// The handle in a register, on the heap or among the literals.
  private func handle(in register: Int) -> UnsafeMutablePointer<UInt>? {
    registers[register].isBoxed(.binaryHandle) ? registers[register].boxed : nil
  }

  /// A binary with one reference more for the caller: that of a register, or a new one.
  func anyBinary() -> OffHeapBinary? {
    if let handle = handle(in: anyRegister()) {
      let binary = BinaryHandle.binary(at: handle)
      binary.retain()
      return binary
    }
    if generator.number(below: 4) == 0, let binary = heldElsewhere.popLast() { return binary }
    return makeBinary(byteCount: 65 + generator.number(below: 4000))
  }

  /// A new binary of unlike bytes; nothing where memory is refused.
  func makeBinary(byteCount: Int) -> OffHeapBinary? {
    guard let binary = try? heap.environment.binaries.makeBinary(byteCount: byteCount) else {
      return nil
    }
    for index in 0..<byteCount {
      let byte = UInt8(truncatingIfNeeded: index &* 131 &+ index >> 8)
      binary.bytes.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
    return binary
  }

  /// Builds a handle of a binary outside the heap.
  func buildHandle() throws(HeapError) {
    try ensure(words: BinaryHandle.words)
    let target = anyRegister()
    guard let binary = anyBinary() else { return }
    let skipped = generator.number(below: binary.capacity)
    if generator.number(below: 8) == 0 { failToBuildHandle(of: binary) }
    let term = heap.buildLinked { (cursor, list) throws(Never) in
      cursor.makeBinaryHandle(
        binary, offset: skipped, byteCount: binary.capacity - skipped, list: &list)
    }
    setRegister(target, modelled(handle: term))
  }

  /// A builder that fails: nothing was built, and its reference is given back.
  private func failToBuildHandle(of binary: OffHeapBinary) {
    struct Failure: Error {}
    binary.retain()
    do {
      try heap.buildLinked { (cursor, list) throws(Failure) in
        _ = cursor.makeBinaryHandle(binary, offset: 0, byteCount: 1, list: &list)
        throw Failure()
      }
    } catch {}
  }

  /// A handle that was built, with its counterpart in the model.
  func modelled(handle: Term) -> TermPlan.Pair {
    (model.add(ModelObject(readingWordsOf: handle)), handle)
  }

  /// Builds a part of a bit string, or a match context on it.
  func buildPart() throws(HeapError) {
    let (source, target) = (anyRegister(), anyRegister())
    try ensure(words: SubBinary.words)
    let bits = register(source)
    guard isBitString(bits.term) else { return }
    var (whole, start) = (bits, 0)
    if bits.term.isBoxed(.subBinary) {
      whole = TermPlan.follow([0], from: bits, in: model)
      start = SubBinary.bitOffset(at: bits.term.boxed)
    }
    let bitCount = bits.term.bitRange.bitCount
    let offset = generator.number(below: bitCount + 1)
    // Small ones, which a collection copies out, more often than large ones.
    let largest = min(bitCount - offset, generator.number(below: 2) == 0 ? 200 : bitCount)
    var count = generator.number(below: largest + 1)
    if generator.number(below: 2) == 0 { count &= ~7 }
    let makesContext = generator.number(below: 4) == 0
    let term = heap.build { cursor in
      makesContext
        ? cursor.makeMatchContext(of: bits.term)
        : cursor.makeSubBinary(of: whole.term, bitOffset: start + offset, bitCount: count)
    }
    var object = ModelObject(readingWordsOf: term)
    object.slots = [whole.model]
    setRegister(target, (model.add(object), term))
  }

  private func isBitString(_ term: Term) -> Bool {
    term.isBoxed(.binaryHandle) || term.isBoxed(.heapBinary) || term.isBoxed(.subBinary)
  }

  /// Appends some bits to a bit string, in place where there is room.
  func append() throws(HeapError) {
    let (source, target) = (anyRegister(), anyRegister())
    try ensure(words: WritableBinary.words)
    let (modelBits, bits) = register(source)
    guard isBitString(bits) else { return }
    let count = generator.number(below: 300)
    let room: AppendRoom
    do {
      room = try heap.append(bitCount: count, to: bits)
    } catch {
      return noteRefusal(error)
    }
    fill(room, bitCount: count)
    let handle = SubBinary.original(at: room.term.boxed)
    var object = ModelObject(readingWordsOf: room.term)
    if bits.isBoxed(.subBinary), SubBinary.original(at: bits.boxed) == handle,
      case .object(let number) = modelBits,
      case .object(let original) = model.objects[number].slots[0]
    {
      // In place: the handle shows more now.
      model.replace(original, by: ModelObject(readingWordsOf: handle))
      object.slots = [.object(original)]
      hasWritten = true
    } else {
      object.slots = [modelled(handle: handle).model]
    }
    setRegister(target, (model.add(object), room.term))
  }

  /// Makes a bit string longer itself, where it ends with what was written last.
  func extend() throws(HeapError) {
    let (modelBits, bits) = register(anyRegister())
    guard bits.isBoxed(.subBinary), case .object(let number) = modelBits,
      case .object(let original) = model.objects[number].slots[0]
    else { return }
    let count = generator.number(below: 300)
    let room: AppendRoom?
    do {
      room = try heap.extend(bits, bitCount: count)
    } catch {
      return noteRefusal(error)
    }
    guard let room else { return }
    fill(room, bitCount: count)
    let handle = SubBinary.original(at: room.term.boxed)
    model.replace(original, by: ModelObject(readingWordsOf: handle))
    var object = ModelObject(readingWordsOf: room.term)
    object.slots = [.object(original)]
    model.replace(number, by: object)
    hasWritten = true
  }

  /// Fills room with any bits.
  private func fill(_ room: AppendRoom, bitCount: Int) {
    for bit in room.bitOffset..<room.bitOffset + bitCount {
      let mask = UInt8(0x80) >> UInt8(bit & 7)
      let isSet = generator.number(below: 2) == 0
      let byte = room.destination[bit >> 3]
      room.destination[bit >> 3] = isSet ? byte | mask : byte & ~mask
    }
  }

  /// Keeps a reference outside the heap, or gives one back.
  func holdOrReleaseElsewhere() {
    if heldElsewhere.count > 8 || (generator.number(below: 2) == 0 && !heldElsewhere.isEmpty) {
      let index = generator.number(below: heldElsewhere.count)
      heldElsewhere.remove(at: index).release(to: heap.environment.binaries)
    } else if let binary = anyBinary() {
      heldElsewhere.append(binary)
    }
  }
}
