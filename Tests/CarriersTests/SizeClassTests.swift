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
      #expect(layout.unitByteCount * CarrierHead.unitCount == layout.carrierByteCount)
      #expect(layout.unitByteCount % 4096 == 0)
      #expect(layout.classCount <= InstanceState.slotsPerKind)
      #expect(layout.carrierByteCount / 4096 <= PageSet.capacity)
      #expect(SizeClass(holding: layout.largestUnitBlock).byteCount == layout.largestUnitBlock)
      #expect(layout.unitByteCount - CarrierHead.byteCount >= 3 * layout.largestUnitBlock)
      #expect(layout.carrierByteCount & (layout.carrierByteCount - 1) == 0)
      #expect(CarrierLayout.hugePageByteCount % layout.carrierByteCount == 0)
      let largest = SizeClass(holding: layout.largestSmallBlock).byteCount
      #expect(largest == layout.largestSmallBlock)
      #expect(layout.carrierByteCount - CarrierHead.byteCount >= 4 * largest)
      #expect(layout.smallestReservation % layout.largeCommitStep == 0)
    }
    #expect(MemoryLayout<CarrierHead>.size <= CarrierHead.recordsOffset)
    #expect(MemoryLayout<Slab>.size <= 1 << Slab.strideShift)
    #expect(MemoryLayout<KindCounters>.size <= 64)
    let slab = SlabPointer.allocate(capacity: 1)
    defer { slab.deallocate() }
    slab.initialize(to: Slab(start: UnsafeMutableRawPointer(slab)))
    let offset = withUnsafeMutablePointer(to: &slab.pointee.blockByteCount) {
      UnsafeMutableRawPointer($0) - UnsafeMutableRawPointer(slab)
    }
    #expect(offset == 72, "what other threads read is in the first line, or not where it is drawn")
  }

  @Test func fastPathsKnowWhatAnOrdinarySystemIsLike() {
    for pageByteCount in [4_096, 16_384, 65_536] {
      let layout = CarrierLayout.standard(pageByteCount: pageByteCount, usesHugePages: true)
      #expect(layout.isStandard)
      #expect(layout.unitByteCount == StandardCarrier.unitByteCount)
    }
    #expect(!CarrierLayout.tiny(pageByteCount: 4_096).isStandard)
  }
}
