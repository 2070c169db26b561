#if canImport(Glibc)
  import Glibc
#endif

/// The second pass: builds objects in the order of their heads and fills their slots as the terms
/// for them come.
///
/// Maps are finished at the end, the last one first, so that each finds what is in it whole.
struct ExternalBuilder: ~Copyable {
  let decoder: ExternalDecoder
  var cursor: WordCursor
  /// Where the term begins.
  let start: UnsafeMutablePointer<UInt>
  var list: OffHeapList
  /// The word of the run around the current one, or 0.
  private var outer: UInt = 0
  /// The maps to finish.
  var unfinished: UnfinishedMaps

  init(decoder: ExternalDecoder, cursor: WordCursor, list: OffHeapList) {
    self.decoder = decoder
    self.cursor = cursor
    start = cursor.top
    self.list = list
    unfinished = UnfinishedMaps(scratch: decoder.scratch)
  }

  /// Gives back the binaries that were made since the list was as given.
  func releaseBinaries(before old: OffHeapList) {
    guard let binaries = decoder.binaries else { return }
    var next = list.first
    while next != old.first, let object = UnsafeMutablePointer<UInt>(bitPattern: next) {
      next = object[2]
      BinaryHandle.binary(at: object).release(to: binaries)
    }
  }

  /// Takes words, which the first pass counted and the caller ensured.
  @inline(__always)
  mutating func reserve(_ words: Int) -> UnsafeMutablePointer<UInt> {
    ensure(words)
    return cursor.reserve(words)
  }

  @inline(__always)
  func ensure(_ words: Int) {
    precondition(words <= cursor.remainingWords, "a term is decoded where it was not measured")
  }

  /// Builds a term that begins at an offset.
  mutating func build(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(ExternalFormatError) -> Term {
    var reader = ExternalReader(bytes, offset: start)
    var root: UInt = 0
    return try withUnsafeMutablePointer(to: &root) { slot throws(ExternalFormatError) in
      try fill(slot, from: &reader)
      // A map that is finished late still finds the slot.
      try finishMaps()
      return Term(bits: slot.pointee)
    }
  }

  private mutating func fill(
    _ root: UnsafeMutablePointer<UInt>, from reader: inout ExternalReader
  ) throws(ExternalFormatError) {
    var run = SlotRun(root, count: 1)
    while true {
      while run.count > 0 {
        let slot = run.takeSlot()
        let tag = try reader.byte()
        switch tag {
        case ExternalTag.smallInteger:
          slot.pointee = Term.small(Int(try reader.byte())).bits
        case ExternalTag.integer:
          slot.pointee = Term.small(Int(try reader.number(Int32.self))).bits
        case ExternalTag.nil:
          slot.pointee = Term.nil.bits
        case ExternalTag.atom, ExternalTag.smallAtom, ExternalTag.atomUTF8,
          ExternalTag.smallAtomUTF8:
          slot.pointee = try atom(try reader.name(tag)).bits
        case ExternalTag.smallTuple, ExternalTag.largeTuple:
          let arity =
            tag == ExternalTag.smallTuple ? Int(try reader.byte()) : try reader.termCount()
          if arity == 0 {
            slot.pointee = Term.emptyTuple.bits
          } else {
            let words = reserve(1 &+ arity)
            words[0] = Header.tuple(arity: arity).bits
            slot.pointee = Term.boxed(at: words).bits
            enter(SlotRun(words + 1, count: arity), from: &run)
          }
        case ExternalTag.list:
          openList(count: try reader.termCount(), for: slot, from: &run)
        case ExternalTag.string:
          slot.pointee = string(try reader.take(Int(try reader.number(UInt16.self)))).bits
        case ExternalTag.binary:
          let content = try reader.take(Int(try reader.number(UInt32.self)))
          slot.pointee = try binary(content, offset: reader.offset).bits
        case ExternalTag.newFloat:
          let words = reserve(2)
          words[0] = Header.float.bits
          words[1] = UInt(try reader.newFloat().bitPattern)
          slot.pointee = Term.boxed(at: words).bits
        case ExternalTag.map:
          try openMap(
            size: try reader.termCount(bytesEach: 2), offset: reader.offset &- 5,
            for: slot, from: &run)
        default:
          try fillRare(slot, tag, &reader, &run)
        }
      }
      if outer == 0 { return }
      run = SlotRun.resume(&outer)
    }
  }

  /// Goes on with an inner run; the current one waits for its end if slots of it are left.
  @inline(__always)
  private mutating func enter(_ inner: SlotRun, from run: inout SlotRun) {
    if run.count > 0 { outer = run.suspend(outer: outer) }
    run = inner
  }

  @inline(__always)
  private mutating func openList(
    count: Int, for slot: UnsafeMutablePointer<UInt>, from run: inout SlotRun
  ) {
    // A list of nothing but its tail.
    if count == 0 { return enter(SlotRun(slot, count: 1), from: &run) }
    let cells = reserve(2 &* count)
    var cell = cells
    let last = cells + 2 &* (count &- 1)
    while cell < last {
      cell[1] = Term.cons(at: cell + 2).bits
      cell += 2
    }
    slot.pointee = Term.cons(at: cells).bits
    enter(SlotRun(last + 1, count: 1), from: &run)
    enter(SlotRun(cells, count: count, stride: 2), from: &run)
  }

  private mutating func openMap(
    size: Int, offset: Int, for slot: UnsafeMutablePointer<UInt>, from run: inout SlotRun
  ) throws(ExternalFormatError) {
    if size > FlatMap.maximumSize {
      let cells = reserve(2 &* size)
      try unfinished.pushHashed(cells: cells, count: size, slot: slot, offset: offset)
      return enter(SlotRun(cells, count: 2 &* size), from: &run)
    }
    let words = reserve(FlatMap.words(size: size) &+ (size > 0 ? 1 &+ size : 0))
    slot.pointee = Term.boxed(at: words).bits
    words[1] = UInt(size)
    if size == 0 {
      words[0] = Header.flatMap.bits
      words[2] = Term.emptyTuple.bits
      return
    }
    // Keys and values by turns, where values and keys will stand.
    unfinished.pushFlat(words, offset: offset)
    enter(SlotRun(words + 3, count: 2 &* size), from: &run)
  }

  @inline(never)
  private mutating func fillRare(
    _ slot: UnsafeMutablePointer<UInt>, _ tag: UInt8, _ reader: inout ExternalReader,
    _ run: inout SlotRun
  ) throws(ExternalFormatError) {
    let at = reader.offset - 1
    switch tag {
    case ExternalTag.smallBig, ExternalTag.largeBig:
      let byteCount =
        tag == ExternalTag.smallBig
        ? Int(try reader.byte()) : Int(try reader.number(UInt32.self))
      slot.pointee = integer(try reader.digits(byteCount: byteCount)).bits
    case ExternalTag.float:
      let value = try reader.textFloat()
      ensure(2)
      slot.pointee = cursor.makeFloat(value).bits
    case ExternalTag.bitBinary:
      let (bytes, lastBits) = try ExternalDecoder.bitString(&reader)
      slot.pointee = try bitString(bytes, lastBits: lastBits, offset: at).bits
    case ExternalTag.export:
      slot.pointee = try export(try reader.export(), offset: at).bits
    case ExternalTag.newFun:
      let parts = try reader.fun()
      let fun = try fun(parts, offset: at)
      slot.pointee = fun.bits
      enter(SlotRun(fun.boxed + Fun.words(free: 0), count: parts.free), from: &run)
    case ExternalTag.pid, ExternalTag.newPid, ExternalTag.port, ExternalTag.newPort,
      ExternalTag.portV4, ExternalTag.reference, ExternalTag.newReference,
      ExternalTag.newerReference:
      slot.pointee = try identifier(try reader.identifier(tag), offset: at).bits
    default: throw .init(.unsupportedTag(tag), offset: at)
    }
  }
}
