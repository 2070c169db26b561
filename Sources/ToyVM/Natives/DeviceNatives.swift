import Tenure

/// What a process calls that answers requests for input and output (``ServerCode``). A request is
/// `{io_request, From, ReplyAs, Request}`, its answer `{io_reply, ReplyAs, Reply}`.
var deviceNatives: [Native] {
  [
    Native(ServerCode.module, "next", 0, next),
    Native(ServerCode.module, "prepare", 1, prepare),
    Native(ServerCode.module, "finish", 2, finish),
  ]
}

/// The next request; waits for one. What is none is dropped.
private func next(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  do {
    while let message = try interpreter.process.nextMessage() {
      interpreter.process.removeMessage()
      if message.isTuple(arity: 4), interpreter.isAtom(message.tupleElements[0], "io_request"),
        message.tupleElements[1].isLocalPid
      {
        return message
      }
    }
  } catch {
    interpreter.refuseMessage(error)
    return .none
  }
  interpreter.pause = interpreter.isExiting ? .exiting : .waiting
  return .none
}

/// What a request asks for.
private struct DeviceRequest {
  enum Kind {
    case put, line, characters, until, options, setOptions, geometry, nothing, other
  }

  var kind = Kind.other
  var isLatin1 = false
  /// The rest of the request, behind its name and its encoding.
  var rest: [Term] = []

  init(_ request: Term, _ interpreter: Interpreter) {
    if interpreter.isAtom(request, "getopts") { kind = .options }
    guard request.isTuple, let name = request.tupleElements.first, name.isAtom else { return }
    rest = Array(request.tupleElements.dropFirst())
    switch interpreter.atoms.name(of: name) {
    case "put_chars": kind = .put
    case "get_line": kind = .line
    case "get_chars": kind = .characters
    case "get_until": kind = .until
    case "setopts": kind = .setOptions
    case "get_geometry": kind = .geometry
    case "requests" where rest == [.nil]: kind = .nothing
    default: return
    }
    if kind == .setOptions { return }
    // Without an encoding, requests of old are in Latin 1.
    isLatin1 = true
    if rest.count > (kind == .put ? 1 : 0), let encoding = rest.first {
      let isUnicode = interpreter.isAtom(encoding, "unicode")
      if isUnicode || interpreter.isAtom(encoding, "latin1") {
        isLatin1 = !isUnicode
        rest.removeFirst()
      }
    }
  }
}

/// Does what a request needs before its answer: applies the function that it names.
private func prepare(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let request = DeviceRequest(interpreter.request(in: x[0]), interpreter)
  switch request.kind {
  case .put where request.rest.count == 1: return request.rest[0]
  case .put where request.rest.count == 3:
    return apply(interpreter, x, request.rest[0], request.rest[1], request.rest[2], before: [])
  case .until where request.rest.count == 4 || request.rest.count == 5:
    let isFirst = request.rest.count == 4
    if isFirst { prompt(interpreter, request.rest[0]) }
    let data = nextLine(interpreter)
    if data.isNone { return .none }
    // The data may have moved all.
    let rest = DeviceRequest(interpreter.request(in: x[0]), interpreter).rest
    let before = [isFirst ? .nil : rest[0], data]
    return apply(interpreter, x, rest[1], rest[2], rest[3], before: before)
  case .line, .characters:
    if let text = request.rest.first { prompt(interpreter, text) }
    return .nil
  default: return .nil
  }
}

/// Has a function applied to some terms and a list of others.
private func apply(
  _ interpreter: Interpreter, _ x: Arguments, _ module: Term, _ function: Term, _ list: Term,
  before: [Term]
) -> Term {
  guard module.isAtom, function.isAtom, let count = interpreter.listLength(list), count < 200
  else { return interpreter.badArgument() }
  var arguments = before
  var rest = list
  while rest.isCons {
    arguments.append(rest.cons[0])
    rest = rest.cons[1]
  }
  for (index, argument) in arguments.enumerated() { x[index] = argument }
  interpreter.trap = interpreter.code.export(
    FunctionName(module: module, function: function, arity: arguments.count))
  return .none
}

private func prompt(_ interpreter: Interpreter, _ prompt: Term) {
  // A prompt that is no text is none, and one that cannot be written is no error.
  guard let text = try? interpreter.utf8Bytes(ofCharacters: prompt, isLatin1: false) else {
    return
  }
  _ = interpreter.current.device?.write(text)
}

/// The next line of the input as a list, or `eof`.
private func nextLine(_ interpreter: Interpreter) -> Term {
  // Reading may take long: others run the processes that wait here.
  interpreter.schedulers.wakeOne()
  guard let line = interpreter.current.device?.line() else {
    return interpreter.atom("eof") ?? .none
  }
  let characters = String(decoding: line, as: UTF8.self).unicodeScalars.map(\.value)
  return interpreter.makeList(characters, live: 2)
}

// MARK: - Answers

/// Answers the request in x1 with what was prepared, in x0.
/// - Returns: `[]`, or a request that is to be prepared for it needs more input.
private func finish(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  let request = DeviceRequest(interpreter.request(in: x[1]), interpreter)
  let reply: Term
  switch request.kind {
  case .put: reply = put(interpreter, x[0], request)
  case .line: reply = nextLine(interpreter)
  case .characters: reply = characters(interpreter, request)
  case .until:
    if let more = needsMore(interpreter, x) { return more }
    reply = endOfUntil(interpreter, x[0])
  case .options: reply = options(interpreter)
  case .setOptions, .nothing: reply = .ok
  case .geometry: reply = error(interpreter, "enotsup")
  case .other: reply = unknown(interpreter, x)
  }
  guard !reply.isNone else { return .none }
  x[0] = reply
  if let next = nextOfSeveral(interpreter, x) { return next }
  guard interpreter.ensure(4, live: 2), let name = interpreter.atom("io_reply") else {
    return .none
  }
  let elements = x[1].tupleElements
  let answer = interpreter.build { $0.makeTuple(name, elements[2], x[0]) }
  return interpreter.sends(answer, to: x[1].tupleElements[1]) ? .nil : .none
}

extension Interpreter {
  /// The request of a message: of several, `{requests, List}`, the first.
  fileprivate func request(in message: Term) -> Term {
    let request = message.tupleElements[3]
    guard request.isTuple(arity: 2), isAtom(request.tupleElements[0], "requests"),
      request.tupleElements[1].isCons
    else { return request }
    return request.tupleElements[1].cons[0]
  }

  /// The requests behind the first of several.
  fileprivate func laterRequests(in message: Term) -> Term {
    request(in: message) == message.tupleElements[3]
      ? .nil : message.tupleElements[3].tupleElements[1].cons[1]
  }
}

/// The message in x1 without the first of its requests, if there are more and the first, whose reply is
/// in x0, did not fail: only the last one is answered.
private func nextOfSeveral(_ interpreter: Interpreter, _ x: Arguments) -> Term? {
  let hasFailed = x[0].isTuple(arity: 2) && x[0].tupleElements[0] == .error
  guard !hasFailed, interpreter.laterRequests(in: x[1]).isCons else { return nil }
  guard interpreter.ensure(5 + 3, live: 2) else { return Term.none }
  let message = x[1].tupleElements
  return interpreter.build { cursor in
    let requests = cursor.makeTuple(
      message[3].tupleElements[0], interpreter.laterRequests(in: x[1]))
    return cursor.makeTuple(message[0], message[1], message[2], requests)
  }
}

private func error(_ interpreter: Interpreter, _ reason: String) -> Term {
  interpreter.errorPair(reason, live: 2)
}

/// `{error, {request, Request}}`.
private func unknown(_ interpreter: Interpreter, _ x: Arguments) -> Term {
  guard let name = interpreter.atom("request"), interpreter.ensure(3 + 3, live: 2) else {
    return .none
  }
  return interpreter.build { cursor in
    cursor.makeTuple(.error, cursor.makeTuple(name, interpreter.request(in: x[1])))
  }
}

private func put(_ interpreter: Interpreter, _ characters: Term, _ request: DeviceRequest) -> Term {
  do {
    // What a function returns that is named has the encoding of the request as well.
    guard
      let text = try interpreter.utf8Bytes(
        ofCharacters: characters, isLatin1: request.isLatin1)
    else { return error(interpreter, "put_chars") }
    return interpreter.current.device?.write(text) == true ? .ok : error(interpreter, "terminated")
  } catch {
    return interpreter.exhausted(error)
  }
}

/// So many characters of the input, or what there is, or `eof`.
private func characters(_ interpreter: Interpreter, _ request: DeviceRequest) -> Term {
  guard request.rest.count == 2, request.rest[1].isSmall, request.rest[1].smallValue >= 0,
    let device = interpreter.current.device
  else { return error(interpreter, "arguments") }
  let count = request.rest[1].smallValue
  var found: [UInt32] = []
  while found.count < count, let line = device.line() {
    found += String(decoding: line, as: UTF8.self).unicodeScalars.map(\.value)
  }
  if found.isEmpty && count > 0 { return interpreter.atom("eof") ?? .none }
  putBack(found.dropFirst(count), device)
  return interpreter.makeList(Array(found.prefix(count)), live: 2)
}

private func putBack(_ characters: some Sequence<UInt32>, _ device: StandardDevice) {
  var text = String.UnicodeScalarView()
  text.append(contentsOf: characters.lazy.compactMap { Unicode.Scalar($0) })
  device.putBack(Array(String(text).utf8))
}

/// The request for more input where `{more, Continuation}` in x0 asks for it.
private func needsMore(_ interpreter: Interpreter, _ x: Arguments) -> Term? {
  guard x[0].isTuple(arity: 2), interpreter.isAtom(x[0].tupleElements[0], "more") else {
    return nil
  }
  guard interpreter.ensure(8 + 5 + 5, live: 2), let until = interpreter.atom("get_until"),
    let unicode = interpreter.atom("unicode")
  else { return Term.none }
  let rest = DeviceRequest(interpreter.request(in: x[1]), interpreter).rest
  let request = x[1].tupleElements
  return interpreter.build { cursor in
    let next = cursor.makeTuple(
      until, unicode, x[0].tupleElements[1], rest[1], rest[2], rest[3], .nil)
    if interpreter.request(in: x[1]) == request[3] {
      return cursor.makeTuple(request[0], request[1], request[2], next)
    }
    let list = cursor.makeCons(next, interpreter.laterRequests(in: x[1]))
    let several = cursor.makeTuple(request[3].tupleElements[0], list)
    return cursor.makeTuple(request[0], request[1], request[2], several)
  }
}

/// The result of `{done, Result, Rest}`; the rest is input again.
private func endOfUntil(_ interpreter: Interpreter, _ end: Term) -> Term {
  guard end.isTuple(arity: 3), interpreter.isAtom(end.tupleElements[0], "done"),
    let device = interpreter.current.device
  else { return error(interpreter, "arguments") }
  var unused: [UInt32] = []
  var rest = end.tupleElements[2]
  while rest.isCons, rest.cons[0].isSmall {
    unused.append(UInt32(truncatingIfNeeded: rest.cons[0].smallValue))
    rest = rest.cons[1]
  }
  putBack(unused, device)
  return end.tupleElements[1]
}

/// `[{binary, false}, {encoding, unicode}]`.
private func options(_ interpreter: Interpreter) -> Term {
  guard let binary = interpreter.atom("binary"), let encoding = interpreter.atom("encoding"),
    let unicode = interpreter.atom("unicode"), interpreter.ensure(2 * 5, live: 2)
  else { return .none }
  return interpreter.build { cursor in
    let last = cursor.makeCons(cursor.makeTuple(encoding, unicode), .nil)
    return cursor.makeCons(cursor.makeTuple(binary, .false), last)
  }
}
