import Tenure

extension CodeStore: FunNaming {
  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? {
    guard let lambda = UnsafePointer<LambdaEntry>(bitPattern: entry) else { return nil }
    return lambda.pointee.name
  }

  func externalFunName(entry: UInt) -> ExternalFunName? {
    guard let export = UnsafePointer<ExportEntry>(bitPattern: entry) else { return nil }
    return ExternalFunName(
      module: export.pointee.name.module, function: export.pointee.name.function)
  }
}

extension CodeStore: FunResolver {
  func externalFunEntry(module: Term, function: Term, arity: Int) -> UInt {
    UInt(bitPattern: export(FunctionName(module: module, function: function, arity: arity)))
  }

  func localFunEntry(
    _ name: LocalFunName, arity: Int, freeCount: Int
  ) -> (entry: UInt, variant: UInt32)? {
    guard let found = lambda(name, arity: arity),
      found.pointee.totalArity == arity + freeCount
    else { return nil }
    return (UInt(bitPattern: found), 0)
  }
}

// MARK: - Closures of old code

extension CodeStore {
  /// A closure that cannot be called any more, and where its code was.
  typealias RetiredFun = (
    lambda: UnsafeMutablePointer<LambdaEntry>, address: UnsafeMutablePointer<UInt>
  )

  /// Has closures of an old version not be called any more, but those that the current one has too.
  /// - Returns: those that could be called.
  @discardableResult
  func retireFuns(of module: LoadedModule) -> [RetiredFun] {
    lock.withLock {
      var retired: [RetiredFun] = []
      for lambda in module.lambdas {
        if let address = lambda.pointee.address, module.contains(UInt(bitPattern: address)) {
          lambda.pointee.address = nil
          retired.append((lambda, address))
        }
      }
      return retired
    }
  }

  /// Has closures be called again, but those that a version which was loaded meanwhile has.
  func restore(_ retired: [RetiredFun]) {
    lock.withLock {
      for (lambda, address) in retired where lambda.pointee.address == nil {
        lambda.pointee.address = address
      }
    }
  }

  /// Where the code of a closure begins: no address where it was purged, nothing where it is not known
  /// before a purge has ended.
  func address(of lambda: UnsafePointer<LambdaEntry>) -> UnsafeMutablePointer<UInt>?? {
    if let address = lambda.pointee.address { return address }
    return purging.tryLock { lambda.pointee.address }
  }
}

/// The names of a machine's funs, for tables, which the system of the machine keeps: so it does not keep the code.
final class MachineFuns: FunNaming, @unchecked Sendable {
  // Unchecked: a weak reference is read atomically, and never written after the initialiser.
  private weak var code: CodeStore?

  init(_ code: CodeStore) { self.code = code }

  func localFunName(entry: UInt, variant: UInt32) -> LocalFunName? {
    code?.localFunName(entry: entry, variant: variant)
  }
  func externalFunName(entry: UInt) -> ExternalFunName? { code?.externalFunName(entry: entry) }
}
