import Foundation
import Tenure

/// The way to memory that a trace takes: each thread has one of its own.
protocol TraceDoor: ~Copyable, SendableMetatype {
  /// A block; a refusal ends the program.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer
  /// Takes a block back, of whatever thread.
  func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int)
}

/// `malloc` of the C library, or of whichever library stands before it.
struct MallocDoor: TraceDoor {
  // By addresses that the compiler cannot know, lest it leave out what has no effect.
  private let allocation: @convention(c) (Int) -> UnsafeMutableRawPointer?
  private let freeing: @convention(c) (UnsafeMutableRawPointer?) -> Void

  init() {
    guard let allocation = dlsym(nil, "malloc"), let freeing = dlsym(nil, "free") else {
      fatalError("a C library without malloc")
    }
    self.allocation = unsafeBitCast(
      allocation, to: (@convention(c) (Int) -> UnsafeMutableRawPointer?).self)
    self.freeing = unsafeBitCast(
      freeing, to: (@convention(c) (UnsafeMutableRawPointer?) -> Void).self)
  }

  @inline(__always)
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    allocation(byteCount).unsafelyUnwrapped
  }

  @inline(__always)
  func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) { freeing(block) }
}

/// An allocator, which finds the thread's instance by itself.
struct AllocatorDoor: TraceDoor {
  let allocator: BlockAllocator

  @inline(__always)
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    do {
      return try allocator.allocate(byteCount: byteCount, kind: .ets).base
    } catch {
      fatalError("\(error)")
    }
  }

  @inline(__always)
  func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
    allocator.free(at: block, byteCount: byteCount, kind: .ets)
  }
}

/// An instance of an allocator in hand.
struct HandleDoor: ~Copyable, TraceDoor {
  let instance: AllocatorInstance

  init(allocator: BlockAllocator) { instance = allocator.makeInstanceHandle() }

  @inline(__always)
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    do {
      return try instance.allocate(byteCount: byteCount, kind: .ets).base
    } catch {
      fatalError("\(error)")
    }
  }

  @inline(__always)
  func free(_ block: UnsafeMutableRawPointer, _ byteCount: Int) {
    instance.free(at: block, byteCount: byteCount, kind: .ets)
  }
}

/// Who serves a trace.
enum TraceServer: String, CaseIterable {
  /// The C library's `malloc`.
  case malloc
  /// Size classes, through the allocator.
  case door
  /// Size classes, by an instance in hand.
  case handle
  case carrierOrderedBestFit, bestFit, addressOrderedFirstFit, goodFit

  /// Runs a trace whose threads each get a door.
  func run(_ trace: Trace, scale: Int, script: TraceScript?) -> TraceResult {
    switch self {
    case .malloc: return trace.run(scale: scale, script: script) { MallocDoor() }
    case .handle:
      let allocator = BlockAllocator()
      return trace.run(scale: scale, script: script) { HandleDoor(allocator: allocator) }
    default:
      let strategy = BlockStrategy(rawValue: rawValue) ?? .sizeClasses
      let allocator = BlockAllocator(
        configuration: MemoryConfiguration(strategies: [.ets: strategy]))
      return trace.run(scale: scale, script: script) { AllocatorDoor(allocator: allocator) }
    }
  }
}

/// What a trace took.
struct TraceResult {
  /// Of each operation: a block allocated and, sooner or later, freed.
  var nanoseconds: Double
  /// Depends on what was asked for only: the same for every server.
  var check: UInt64
}
