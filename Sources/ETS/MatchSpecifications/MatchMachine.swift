import Heaps
import Terms

/// Runs a match specification on one object after another, in working memory that it uses again.
///
/// Takes no memory for an object but what a body builds. Owner thread only.
public struct MatchMachine: ~Copyable {
  let specification: MatchSpecification
  let scratch: BlockScratch
  /// The words of a ``MatchFrame``, from the object on.
  let frame: UnsafeMutablePointer<UInt>
  let registers: UnsafeMutablePointer<UInt>
  let code: UnsafePointer<UInt>
  /// Whatever a run builds.
  var results: MatchResults

  /// Makes a machine.
  /// - Parameters:
  ///   - specification: what to run.
  ///   - pid: what `self()` is.
  /// - Throws: ``MatchRunError`` where there is no working memory.
  /// - Complexity: O(literals of the specification).
  public init(
    for specification: MatchSpecification, self pid: Term
  ) throws(MatchRunError) {
    let layout = specification.frame
    scratch = specification.environment.scratch
    let memory: UnsafeMutableRawPointer
    do throws(ScratchExhausted) {
      memory = try scratch.allocateScratch(byteCount: layout.byteCount)
    } catch {
      throw MatchRunError(error)
    }
    let words = memory.bindMemory(to: UInt.self, capacity: layout.totalWords)
    words.initialize(repeating: Term.nil.bits, count: layout.totalWords)
    words.update(from: specification.code - layout.literals, count: layout.literals)
    frame = words + layout.literals
    frame[MatchFrame.selfPid] = pid.bits
    registers = frame + layout.words
    code = specification.code
    results = MatchResults(scratch: scratch)
    self.specification = specification
  }

  deinit {
    let layout = specification.frame
    scratch.freeScratch(frame - layout.literals, byteCount: layout.byteCount)
  }

  /// Runs the specification on an object.
  ///
  /// - Parameter object: any term, most often a tuple; it is only read, and stays where it is until
  ///   the result was copied.
  /// - Returns: the result of the first clause that matches, or nothing where none does. It may
  ///   refer to parts of the object, to words of this machine and to literals of the specification,
  ///   and is valid until the next run. Of the body `'$_'` it is the object itself.
  /// - Throws: ``MatchRunError`` where memory was refused; the machine can be used again.
  /// - Complexity: O(size of the program), and what its functions take.
  @inlinable
  public mutating func run(on object: Term) throws(MatchRunError) -> Term? {
    let result = try execute(on: object)
    return result.isNone ? nil : result
  }
}

extension MatchFrame {
  var totalWords: Int { literals + words + registers }
  var byteCount: Int { totalWords * MemoryLayout<UInt>.stride }
}
