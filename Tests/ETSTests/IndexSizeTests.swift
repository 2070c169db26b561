import Terms
import Testing

@testable import ETS

/// How a hash tells a line, and what a reader finds that comes with a size of long ago.
@Suite struct IndexSizeTests {
  @Test func linesAreToldByTheBitsBelowTheMask() {
    for count in [2, 3, 4, 5, 7, 8, 9, 1000, 1 << 16, 1 << 16 + 1, 1 << 32 - 1] {
      let size = IndexSize(lineCount: count)
      #expect(size.lineCount == count)
      var power = 1
      while power < count { power *= 2 }
      for hash in [0, 1, UInt(count) - 1, UInt(count), 0x1234_5678_9ABC_DEF0, .max] {
        var line = Int(hash % UInt(power))
        if line >= count { line -= power / 2 }
        #expect(size.line(of: hash) == line, "\(hash) of \(count) lines")
      }
    }
  }

  @Test func segmentsFollowEachOther() {
    var line = 0
    for segment in 0..<LineDirectory.segmentCount where line < 1 << 32 {
      #expect(LineDirectory.firstLine(ofSegment: segment) == line)
      #expect(LineDirectory.segment(of: line) == segment)
      line += LineDirectory.lineCount(ofSegment: segment)
      #expect(LineDirectory.segment(of: line - 1) == segment)
    }
    #expect(line >= 1 << 32)
  }

  /// The index of a set, in which keys are found by hash.
  private static func index(of table: Table) -> HashPart? {
    guard case .hashed(let part) = table.record.pointee.storage.parts[0] else { return nil }
    return part
  }

  @Test func aReaderWithAnOldSizeLooksAtItAgain() throws {
    let bench = try TableBench()
    let table = try bench.table(TableOptions(type: .set))
    let part = try #require(Self.index(of: table))
    for key in 0..<40 { try table.insert(bench.term("{\(key),0}"), by: bench.owner) }
    let (size, last) = (part.sizeForReaders, part.sizeForReaders.lineCount - 1)
    #expect(part.firstLine(last, in: size) == part.state.pointee.directory[last])
    for key in 0..<40 { try table.delete(bench.term("\(key)"), by: bench.owner) }
    #expect(part.lineCount < size.lineCount)
    #expect(part.firstLine(last, in: size) == nil)
  }

  @Test func versionsOfALineThatComesBackGoOn() throws {
    let bench = try TableBench()
    let table = try bench.table(TableOptions(type: .set))
    let part = try #require(Self.index(of: table))
    // Up and down around the second line of a segment, so that the segment stays.
    let number = LineDirectory.firstLine(ofSegment: 8) + 1
    var key = 0
    func grow() throws {
      while part.lineCount <= number {
        try table.insert(bench.term("{\(key),0}"), by: bench.owner)
        key += 1
      }
    }
    func shrink() throws {
      while part.lineCount > number {
        key -= 1
        try table.delete(bench.term("\(key)"), by: bench.owner)
      }
    }
    try grow()
    var version = part.versions[number]
    for _ in 0..<3 {
      try shrink()
      #expect(part.lineCount == number)
      try grow()
      let next = part.versions[number]
      #expect(next > version && next % 2 == 0)
      version = next
    }
  }
}
