import Terms

/// Where an element of a compressed object stands: a word that takes the place of the element.
///
/// ```
///  63             35 34               7  6  5         0
/// +-----------------+------------------+---+-----------+
/// | words unpacked  | offset in bytes  | L |1 0 1 0 1 1|
/// +-----------------+------------------+---+-----------+
/// ```
/// L: a cons cell comes first, else a boxed object. The offset counts from the end of the object's
/// words. Tagged as an immediate that no term is, so that what walks over words takes it for one.
struct PackedSlot: BitwiseCopyable {
  let bits: UInt

  private static var tag: UInt { 0x2B }
  static var mostWords: Int { 1 << 29 - 1 }
  static var mostBytes: Int { 1 << 28 - 1 }

  /// The slot that a word is, if it is one.
  @inline(__always)
  init?(_ word: UInt) {
    guard word & 0x3F == Self.tag else { return nil }
    bits = word
  }

  init(isCons: Bool, offset: Int, words: Int) {
    bits = UInt(words) << 35 | UInt(offset) << 7 | (isCons ? 0x40 : 0) | Self.tag
  }

  var words: Int { Int(bits >> 35) }
  var offset: Int { Int(bits >> 7 & (1 << 28 - 1)) }
  var isCons: Bool { bits & 0x40 != 0 }

  /// The term at the address of its first word.
  func term(at words: UnsafeMutablePointer<UInt>) -> Term {
    isCons ? .cons(at: words) : .boxed(at: words)
  }
}

/// Terms packed to bytes: each word of a copy with neither binaries outside nor words between its
/// parts becomes a number of one to nine bytes, mostly one or two.
///
/// ```
/// word     ->  number << 3 | kind            a number of n bits: (n + 6) / 7 bytes, of which the
///   cons       distance to it, in words      trailing zeros of the first tell how many follow
///   boxed      distance to it, in words
///   header     its bits above the tag; the first raw word behind it is a number, the rest bytes
///   small      its value
///   immediate  its bits above the tag
///   other      nothing; the word follows
///   cells      how many pairs of a byte and a distance of 1 to what is behind it; the bytes follow
///   cell       a small value, and such a distance
/// ```
/// The last two are the cells of lists that stand side by side, as a copy leaves them.
/// Distances and values are doubled, with the sign in the lowest bit. So what is packed is unpacked
/// in one run over its bytes, wherever it is to stand, and no kind of term is special.
enum PackedWords {
  private enum Kind {
    static var cons: UInt { 0 }
    static var boxed: UInt { 1 }
    static var header: UInt { 2 }
    static var small: UInt { 3 }
    static var immediate: UInt { 4 }
    static var other: UInt { 5 }
    static var cells: UInt { 6 }
    static var cell: UInt { 7 }
  }

  /// The most bytes behind the packed ones that are read or written: a number's word is taken whole.
  static var slackBytes: Int { 7 }

  /// The most bytes that so many words are packed to.
  static func mostBytes(words: Int) -> Int { words * 9 + slackBytes }

  /// Packs words.
  /// - Parameter target: room for ``mostBytes(words:)``.
  /// - Returns: the bytes they take.
  static func pack(
    _ words: UnsafePointer<UInt>, count: Int, to target: UnsafeMutableRawPointer
  ) -> Int {
    var output = target
    var place = 0
    let start = UInt(bitPattern: words)
    while place < count {
      let word = words[place]
      let here = start &+ UInt(place) &* 8
      switch word & 3 {
      case 0:
        put(word >> 2, Kind.header, to: &output)
        let raw = Header(bits: word).rawWords
        if raw > 0 {
          put(words[place &+ 1], to: &output)
          let byteCount = (raw &- 1) &* 8
          output.copyMemory(from: words + place + 2, byteCount: byteCount)
          output += byteCount
        }
        place &+= raw
      case 3:
        if word & 0xF == 0xF, isNextCell(after: place, words, count) {
          let cells = byteCells(at: place, words, count)
          if cells < 2 {
            put(zigzag(Term(bits: word).smallValue), Kind.cell, to: &output)
            place &+= 2
            continue
          }
          put(UInt(cells), Kind.cells, to: &output)
          for cell in 0..<cells {
            let byte = UInt8(truncatingIfNeeded: words[place &+ 2 &* cell] >> 4)
            output.storeBytes(of: byte, toByteOffset: cell, as: UInt8.self)
          }
          output += cells
          place &+= 2 &* cells
          continue
        } else if word & 0xF == 0xF {
          put(zigzag(Term(bits: word).smallValue), Kind.small, to: &output)
        } else if word >> 61 == 0 {
          put(word >> 2, Kind.immediate, to: &output)
        } else {
          putWord(word, to: &output)
        }
      default:
        let address = word & ~3
        if address &- start < UInt(count) &* 8 {
          let distance = (Int(bitPattern: address) &- Int(bitPattern: here)) >> 3
          put(zigzag(distance), word & 3 == 1 ? Kind.cons : Kind.boxed, to: &output)
        } else {
          // What leads out is `{}`.
          putWord(word, to: &output)
        }
      }
      place &+= 1
    }
    return output - target
  }

  /// Unpacks words where they are to stand.
  static func unpack(
    _ source: UnsafeRawPointer, to target: UnsafeMutablePointer<UInt>, count: Int
  ) {
    var input = source
    var place = 0
    while place < count {
      let number = take(from: &input)
      let value = number >> 3
      switch number & 7 {
      case Kind.cons: target[place] = Term.cons(at: target + (place &+ signed(value))).bits
      case Kind.boxed: target[place] = Term.boxed(at: target + (place &+ signed(value))).bits
      case Kind.small: target[place] = Term.small(signed(value)).bits
      case Kind.immediate: target[place] = value << 2 | 3
      case Kind.cells:
        for cell in 0..<Int(value) {
          let byte = input.load(fromByteOffset: cell, as: UInt8.self)
          target[place] = Term.small(Int(byte)).bits
          target[place &+ 1] = Term.cons(at: target + (place &+ 2)).bits
          place &+= 2
        }
        input += Int(value)
        continue
      case Kind.cell:
        target[place] = Term.small(signed(value)).bits
        target[place &+ 1] = Term.cons(at: target + (place &+ 2)).bits
        place &+= 2
        continue
      case Kind.header:
        target[place] = value << 2
        let raw = Header(bits: value << 2).rawWords
        if raw > 0 {
          target[place &+ 1] = take(from: &input)
          let byteCount = (raw &- 1) &* 8
          UnsafeMutableRawPointer(target + place + 2).copyMemory(from: input, byteCount: byteCount)
          input += byteCount
        }
        place &+= raw
      default:
        target[place] = input.loadUnaligned(as: UInt.self)
        input += 8
      }
      place &+= 1
    }
  }

  // MARK: - Cells

  /// Whether a word is followed by the address of the cell behind both.
  @inline(__always)
  private static func isNextCell(
    after place: Int, _ words: UnsafePointer<UInt>, _ count: Int
  ) -> Bool {
    place &+ 2 < count && words[place &+ 1] == UInt(bitPattern: words + (place &+ 2)) | 1
  }

  /// How many pairs of a byte and the address of the cell behind it begin at a place.
  private static func byteCells(
    at start: Int, _ words: UnsafePointer<UInt>, _ count: Int
  ) -> Int {
    var place = start
    while place < count, words[place] & ~0xFF0 == 0xF, isNextCell(after: place, words, count) {
      place += 2
    }
    return (place - start) / 2
  }

  // MARK: - Numbers

  @inline(__always)
  private static func zigzag(_ value: Int) -> UInt {
    UInt(bitPattern: value &<< 1 ^ value &>> 63)
  }

  @inline(__always)
  private static func signed(_ value: UInt) -> Int {
    Int(bitPattern: value &>> 1) ^ (0 &- Int(bitPattern: value & 1))
  }

  private static func putWord(_ word: UInt, to output: inout UnsafeMutableRawPointer) {
    put(0, Kind.other, to: &output)
    output.storeBytes(of: word, as: UInt.self)
    output += 8
  }

  @inline(__always)
  private static func put(_ number: UInt, _ kind: UInt, to output: inout UnsafeMutableRawPointer) {
    put(number << 3 | kind, to: &output)
  }

  @inline(__always)
  private static func put(_ number: UInt, to output: inout UnsafeMutableRawPointer) {
    let bits = 64 &- (number | 1).leadingZeroBitCount
    let byteCount = (bits &+ 6) / 7
    if byteCount > 8 {
      output.storeBytes(of: 0, as: UInt8.self)
      output.storeBytes(of: number.littleEndian, toByteOffset: 1, as: UInt.self)
      output += 9
      return
    }
    let packed = (number &<< 1 | 1) &<< UInt(byteCount &- 1)
    output.storeBytes(of: packed.littleEndian, as: UInt.self)
    output += byteCount
  }

  @inline(__always)
  private static func take(from input: inout UnsafeRawPointer) -> UInt {
    let word = UInt(littleEndian: input.loadUnaligned(as: UInt.self))
    let byteCount = (word | 0x100).trailingZeroBitCount &+ 1
    if byteCount > 8 {
      let number = UInt(littleEndian: input.loadUnaligned(fromByteOffset: 1, as: UInt.self))
      input += 9
      return number
    }
    input += byteCount
    let number = word &>> UInt(byteCount)
    return byteCount == 8 ? number : number & ((1 &<< UInt(7 &* byteCount)) &- 1)
  }
}
