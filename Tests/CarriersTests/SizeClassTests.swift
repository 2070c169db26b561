import Testing

@testable import Carriers

@Suite struct SizeClassTests {
  @Test func everySizeIsInTheSmallestClassThatHoldsIt() {
    var failures = 0
    for byteCount in 1...(256 << 10) {
      let sizeClass = SizeClass(holding: byteCount)
      let holds = sizeClass.byteCount >= byteCount
      let isSmallest =
        sizeClass.index == 0 || SizeClass(index: sizeClass.index - 1).byteCount < byteCount
      if !holds || !isSmallest { failures += 1 }
    }
    #expect(failures == 0)
  }

  @Test func noClassLosesMoreThanAnEighth() {
    let count = SizeClass(holding: 256 << 10).index
    for index in 0...count {
      let byteCount = SizeClass(index: index).byteCount
      #expect(byteCount % 16 == 0)
      guard index > 0 else { continue }
      let smaller = SizeClass(index: index - 1).byteCount
      #expect(byteCount - smaller <= max(16, smaller / 8))
    }
  }

  @Test func layoutsDivideAsTheirUsersAssume() {
    for layout in [
      CarrierLayout.standard(pageByteCount: 4096, usesHugePages: true),
      .tiny(pageByteCount: 4096),
    ] {
      #expect(layout.carrierByteCount % layout.commitStep == 0)
      #expect(layout.carrierByteCount & (layout.carrierByteCount - 1) == 0)
      #expect(CarrierLayout.hugePageByteCount % layout.carrierByteCount == 0)
      let largest = SizeClass(holding: layout.largestSmallBlock).byteCount
      #expect(largest == layout.largestSmallBlock)
      #expect(layout.carrierByteCount - Carrier.headerByteCount >= 4 * largest)
      #expect(layout.smallestReservation % layout.largeCommitStep == 0)
    }
    #expect(MemoryLayout<Carrier>.size <= Carrier.headerByteCount)
  }
}
