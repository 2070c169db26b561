import Glibc
import Tenure

/// Memory for one term, from the system's allocator.
final class ToolMemory: ScratchProvider, BinaryProvider {
  func allocateScratch(byteCount: Int) throws(ScratchExhausted) -> UnsafeMutableRawPointer {
    guard let memory = unsafe malloc(byteCount) else {
      throw ScratchExhausted(requestedBytes: byteCount)
    }
    return unsafe memory
  }

  func freeScratch(_ memory: UnsafeMutableRawPointer, byteCount: Int) { unsafe free(memory) }

  func allocateBinary(byteCount: Int) throws(BinaryRefused) -> UnsafeMutableRawPointer {
    guard let memory = unsafe malloc(byteCount) else {
      throw BinaryRefused(requestedBytes: byteCount)
    }
    return unsafe memory
  }

  func freeBinary(_ memory: UnsafeMutableRawPointer, byteCount: Int) { unsafe free(memory) }
}
