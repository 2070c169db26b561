import Carriers
import Terms

/// What has to hold whenever nobody writes, for tests.
extension OrderedTree {
  /// What a look at all nodes found.
  private struct Survey {
    var objects = 0
    var byteCount = 0
    /// The object before, and its prefix.
    var last = TableEntry.none
    var lastPrefix: UInt = 0
  }

  /// The first thing that is not as it has to be; nothing where all is well.
  /// - Complexity: O(objects).
  func firstFault() throws(TableError) -> String? {
    var survey = Survey()
    let root = root
    if !root.isNone {
      if root.height > 0 && root.node.count == 0 { return "the root has a single child" }
      if let fault = try fault(
        in: root.node, level: root.height, from: nil, to: nil, &survey)
      {
        return fault
      }
    }
    if survey.objects != objectCount {
      return "\(survey.objects) objects stand in leaves, \(objectCount) are counted"
    }
    let byteCount = survey.byteCount + state.pointee.objects.waitingByteCount
    if byteCount != state.pointee.objects.arena.byteCount {
      return "\(byteCount) bytes are in use, the arena has \(state.pointee.objects.arena.byteCount)"
    }
    return nil
  }

  /// - Parameters:
  ///   - lower: what stands before the node's first key.
  ///   - upper: what stands behind its last.
  private func fault(
    in node: TreeNode, level: Int, from lower: Separator?, to upper: Separator?,
    _ survey: inout Survey
  ) throws(TableError) -> String? {
    if node.version & 1 != 0 { return "a node of level \(level) is left changing" }
    let (count, room) = (node.count, node.room)
    let first = node.extent.first
    if first + count > room || first > 0 && level > 0 {
      return "\(count) keys from place \(first) of a node with room for \(room)"
    }
    if level == 0 { return try fault(inLeaf: node, from: lower, to: upper, &survey) }
    survey.byteCount += TreeNode.innerByteCount(room: room)
    for index in 0...count {
      let before = index == 0 ? lower : node.separator(index - 1)
      let behind = index == count ? upper : node.separator(index)
      if index < count, let key = behind?.key, !key.isNone {
        survey.byteCount += Self.usedBytes(key)
        if node.prefix(index) != prefix(of: self.key(ofSeparator: key)) {
          return "a separator has not the prefix of its key"
        }
      }
      let fault = try fault(
        in: node.child(index), level: level - 1, from: before, to: behind, &survey)
      if fault != nil { return fault }
    }
    return nil
  }

  private func fault(
    inLeaf leaf: TreeNode, from lower: Separator?, to upper: Separator?, _ survey: inout Survey
  ) throws(TableError) -> String? {
    let (count, room) = (leaf.count, leaf.room)
    survey.byteCount += TreeNode.leafByteCount(room: room)
    survey.objects += count
    if count == 0 { return "a leaf without objects" }
    if room > TreeNode.mostObjects { return "a leaf with room for \(room)" }
    for index in 0..<count {
      let (entry, prefix) = (leaf.entry(index), leaf.prefix(index))
      let key = key(of: entry)
      survey.byteCount += Self.usedBytes(entry)
      if prefix != self.prefix(of: key) { return "an object has not the prefix of its key" }
      if entry.hash != TableEntry.none.with(key: key).hash { return "a key's kind is told wrongly" }
      if prefix < survey.lastPrefix { return "prefixes are not in order" }
      if !survey.last.isNone, try compare(self.key(of: survey.last), key) >= 0 {
        return "keys are not in order"
      }
      if let lower, try !isBehind(lower, key, prefix) { return "a key is below its node's" }
      if let upper, try isBehind(upper, key, prefix) { return "a key is above its node's" }
      (survey.last, survey.lastPrefix) = (entry, prefix)
    }
    return nil
  }

  private func isBehind(
    _ separator: Separator, _ key: Term, _ prefix: UInt
  ) throws(TableError) -> Bool {
    if prefix != separator.prefix || separator.key.isNone { return prefix >= separator.prefix }
    return try compare(key, self.key(ofSeparator: separator.key)) >= 0
  }

  private static func usedBytes(_ entry: TableEntry) -> Int {
    OwnedArena.usableByteCount(for: StoredObject.byteCount(of: entry))
  }
}
