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
    let value = Double(a.boxed[1])
    return value < f ? -1 : value > f ? 1 : 0
  }
  static func appendText(
    _ a: Term, base: Int, to output: inout [UInt8], scratch: any ScratchProvider
  ) throws(ScratchExhausted) {
    if a.isSmall {
      output.append(contentsOf: String(a.smallValue, radix: base).utf8)
      return
    }
    output.append(contentsOf: "(big)".utf8)
  }
}
