/// Pids, ports and references, of this node and others.
extension TermOrder {
  /// By serial and number, then by node.
  func orderPids(_ left: Term, _ right: Term) -> Int {
    let numbers = three(Self.pidNumber(left), Self.pidNumber(right))
    return numbers != 0 ? numbers : orderNodes(left, right)
  }

  /// By node, then by number.
  func orderPorts(_ left: Term, _ right: Term) -> Int {
    let nodes = orderNodes(left, right)
    return nodes != 0 ? nodes : three(Self.portNumber(left), Self.portNumber(right))
  }

  /// By node, then by numbers.
  func orderReferences(_ left: Term, _ right: Term) -> Int {
    let nodes = orderNodes(left, right)
    return nodes != 0
      ? nodes : ReferenceNumbers.compare(ReferenceNumbers(left), ReferenceNumbers(right))
  }

  /// The serial above the number, as a pid of another node has them.
  private static func pidNumber(_ pid: Term) -> UInt {
    if pid.isBoxed { return ExternalIdentifier.data(at: pid.boxed) }
    let number = pid.identifierNumber
    return LocalIdentifier.serial(of: number) << 32 | LocalIdentifier.identifier(of: number)
  }

  private static func portNumber(_ port: Term) -> UInt {
    port.isBoxed ? ExternalIdentifier.data(at: port.boxed) : port.identifierNumber
  }

  private func orderNodes(_ left: Term, _ right: Term) -> Int {
    let (leftNode, rightNode) = (node(of: left), node(of: right))
    if leftNode == rightNode { return 0 }
    let names = withName(of: leftNode) { leftName in
      withName(of: rightNode) { orderBytes(leftName, $0) }
    }
    return names != 0 ? names : three(leftNode?.creation ?? 0, rightNode?.creation ?? 0)
  }

  private func node(of identifier: Term) -> Node? {
    if !identifier.isBoxed || identifier.header.subtag == .reference { return localNode }
    return ExternalIdentifier.node(at: identifier.boxed)
  }

  private func withName<Result>(
    of node: Node?, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    guard let node else {
      let name: StaticString = "nonode@nohost"
      return body(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }
    return withExtendedLifetime(atoms) { body(atoms.nameBytes(of: node.name)) }
  }
}
