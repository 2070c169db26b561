import Tenure

/// The process that stock module `file` asks for files by name: stock `file_server`, which OTP's
/// kernel begins when it starts. Here it begins when it is looked for.
enum FileServer {
  static var name: StaticString { "file_server_2" }
}

extension Schedulers {
  /// Begins the server of files.
  /// - Returns: its pid, or that of one that came first; nothing where OTP's modules are not there or
  ///   memory is refused.
  func beginFileServer() -> Term? {
    let names = try? [
      "\(FileServer.name)", "file_server", "gen_server", "init_it", "local", "self",
    ]
    .map { name in try system.atoms.atom(name) }
    guard let names, let user = try? system.atoms.atom("user"),
      let leader = system.pid(named: user),
      (try? code.ensureLoaded(names[1])) == true, (try? code.ensureLoaded(names[2])) == true
    else { return nil }
    let function = FunctionName(module: names[2], function: names[3], arity: 6)
    var none = SavedRegisters()
    guard
      let server = try? begin(function, at: code.applyCode, parent: .undefined, heap: nil),
      (try? server.process.pointee.ensureFree(words: 1 + 3 + 2 * 6, roots: &none)) != nil
    else { return nil }
    server.process.pointee.heap.push(Term(bits: UInt(bitPattern: code.haltCode)))
    // As `gen_server:start({local, Name}, file_server, [], [])` would begin it; who waits for it to be
    // ready is the device, which takes no notice.
    var terms = server.process.pointee.heap.build { cursor in
      let name = cursor.makeTuple(names[4], names[0])
      let list = cursor.makeList([leader, names[5], name, names[1], .nil, .nil])
      return [names[2], names[3], list]
    }
    terms.withUnsafeMutableBufferPointer { terms in
      if let base = terms.baseAddress { server.save(base, count: terms.count) }
    }
    server.groupLeader = leader
    directory.add(server)
    guard (try? system.register(names[0], as: server.pid)) == true else {
      directory.remove(server)
      return system.pid(named: names[0])
    }
    makeRunnable(server)
    return server.pid
  }
}
