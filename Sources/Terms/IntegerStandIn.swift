/// A stand-in until the integers are merged.
enum IntegerArithmetic {
  static func compare(_ a: Term, _ b: Term) -> Int {
    func magnitude(_ t: Term) -> (Bool, [UInt]) {
      if t.isSmall { return (t.smallValue < 0, [t.smallValue.magnitude]) }
      return (t.header.isNegative, (0..<t.header.arity).map { t.boxed[1 + $0] })
    }
    let (n, x) = magnitude(a)
    let (m, y) = magnitude(b)
    if n != m { return n ? -1 : 1 }
    var order = x.count < y.count ? -1 : x.count > y.count ? 1 : 0
    if order == 0 {
      for i in x.indices.reversed() where x[i] != y[i] {
        order = x[i] < y[i] ? -1 : 1
        break
      }
    }
    return n ? -order : order
  }
  static func compare(_ a: Term, toFloat f: Double) -> Int {
    if a.isSmall {
      let v = a.smallValue
      if f >= 0x1p62 { return -1 }
      if f <= -0x1p62 { return 1 }
      let t = Int(f)
      if v != t { return v < t ? -1 : 1 }
      let r = f - Double(t)
      return r > 0 ? -1 : r < 0 ? 1 : 0
    }
    let n = a.header.isNegative
    if (f < 0) != n { return n ? -1 : 1 }
    if f.magnitude < 0x1p59 { return n ? -1 : 1 }
    let x = (0..<a.header.arity).map { a.boxed[1 + $0] }
    var y = [UInt](repeating: 0, count: 18)
    let e = Int(f.exponent) - 52
    let m = UInt(f.magnitude.significandBitPattern) | 1 << 52
    y[e / 64] |= m << (e % 64)
    if e % 64 > 11 { y[e / 64 + 1] |= m >> (64 - e % 64) }
    while y.last == 0 { y.removeLast() }
    var order = x.count < y.count ? -1 : x.count > y.count ? 1 : 0
    if order == 0 {
      for i in x.indices.reversed() where x[i] != y[i] {
        order = x[i] < y[i] ? -1 : 1
        break
      }
    }
    return n ? -order : order
  }
  static func appendText(
    _ a: Term, base: Int, to output: inout [UInt8], scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    if a.isSmall {
      output.append(contentsOf: String(a.smallValue, radix: base).utf8)
      return
    }
    var x = (0..<a.header.arity).map { a.boxed[1 + $0] }
    var digits: [UInt8] = []
    while !x.allSatisfy({ $0 == 0 }) {
      var r: UInt = 0
      for i in x.indices.reversed() { (x[i], r) = UInt(base).dividingFullWidth((r, x[i])) }
      digits.append(48 + UInt8(r))
    }
    output.append(contentsOf: a.header.isNegative ? [45] : [])
    output.append(contentsOf: digits.reversed())
  }
}
