import Tenure

/// Natives of module `prim_buffer`: bytes that were read ahead, or are still to be written.
var fileBufferNatives: [Native] {
  [
    Native("prim_buffer", "new", 0) { interpreter, _ in
      guard interpreter.ensure(Interpreter.referenceWords, live: 0) else { return .none }
      let number = interpreter.code.objects.nextNumber()
      interpreter.current.files.addBuffer(number)
      return interpreter.build { $0.makeReference(number: number, mark: bufferMark) }
    },
    Native("prim_buffer", "size", 1) { interpreter, x in
      interpreter.onBuffer(x[0]) { .small($0.bytes.count) }
    },
    Native("prim_buffer", "write", 2) { interpreter, x in
      guard let bytes = interpreter.bytes(ofData: x[1]) else { return .none }
      return interpreter.onBuffer(x[0]) { buffer in
        buffer.bytes.append(bytes)
        return .ok
      }
    },
    Native("prim_buffer", "skip", 2) { interpreter, x in
      interpreter.onBuffer(x[0]) { buffer in
        guard x[1].isSmall, 0...buffer.bytes.count ~= x[1].smallValue else {
          return interpreter.badArgument()
        }
        buffer.bytes.drop(x[1].smallValue)
        return .ok
      }
    },
    Native("prim_buffer", "copying_read", 2) { interpreter, x in
      interpreter.onBuffer(x[0]) { buffer in
        guard x[1].isSmall, 0...buffer.bytes.count ~= x[1].smallValue else {
          return interpreter.badArgument()
        }
        return interpreter.makeBinary(buffer.bytes.take(x[1].smallValue), live: 0)
      }
    },
    // A buffer is one piece here, so its head is all of it.
    Native("prim_buffer", "peek_head", 1) { interpreter, x in
      interpreter.onBuffer(x[0]) { buffer in
        buffer.bytes.count == 0
          ? interpreter.badArgument() : interpreter.makeBinary(buffer.bytes.all, live: 0)
      }
    },
    Native("prim_buffer", "find_byte_index", 2) { interpreter, x in
      guard x[1].isSmall, let byte = UInt8(exactly: x[1].smallValue) else {
        return interpreter.badArgument()
      }
      return interpreter.onBuffer(x[0]) { buffer in
        guard let index = buffer.bytes.index(of: byte) else {
          return interpreter.atom("not_found") ?? .none
        }
        return interpreter.makeTuple(arity: 2, live: 0) { elements in
          elements[0] = .ok
          elements[1] = .small(index)
        }
      }
    },
    Native("prim_buffer", "try_lock", 1) { interpreter, x in
      interpreter.onBuffer(x[0]) { buffer in
        let name = buffer.isLocked ? "busy" : "acquired"
        buffer.isLocked = true
        return interpreter.atom(name) ?? .none
      }
    },
    Native("prim_buffer", "unlock", 1) { interpreter, x in
      interpreter.onBuffer(x[0]) { buffer in
        guard buffer.isLocked else { return interpreter.badArgument() }
        buffer.isLocked = false
        return .ok
      }
    },
  ]
}

private let bufferMark: UInt32 = 0xB0FF

extension Interpreter {
  fileprivate func onBuffer(_ reference: Term, _ body: (inout FileBuffer) -> Term) -> Term {
    guard let number = reference.number(ofReferenceMarked: bufferMark) else {
      return badArgument()
    }
    return code.objects.fileBuffers.with(number, body)
  }
}
