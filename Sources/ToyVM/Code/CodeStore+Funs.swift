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
