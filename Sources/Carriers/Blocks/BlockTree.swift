/// What a node of a tree holds, in its own raw memory.
struct TreeLinks {
  var left: UnsafeMutablePointer<TreeLinks>?
  var right: UnsafeMutablePointer<TreeLinks>?
  var parent: UnsafeMutablePointer<TreeLinks>?
  /// The bytes of the largest in the subtree, where the order keeps them.
  var largest = 0
}

typealias TreeNode = UnsafeMutablePointer<TreeLinks>

/// By what a tree is ordered.
protocol TreeOrder {
  /// Whether each node knows the largest of its subtree.
  static var keepsLargest: Bool { get }
  /// The bytes of what the node stands for.
  static func byteCount(of node: TreeNode) -> Int
  static func precedes(_ left: TreeNode, _ right: TreeNode) -> Bool
}

/// A search tree in the raw memory of its nodes.
///
/// It is a treap (Aragon and Seidel, "Randomized search trees", 1989): a heap by a priority beside
/// being a search tree by its order, so its shape is that of a tree built in random order. The
/// priority is a hash of the node's address and takes no room. Insert, remove and look-ups take
/// O(log n) steps on average.
struct BlockTree<Order: TreeOrder> {
  private(set) var root: TreeNode?

  init(root: TreeNode? = nil) { self.root = root }

  @inline(__always)
  private static func priority(_ node: TreeNode) -> UInt {
    UInt(bitPattern: node) &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func insert(_ node: TreeNode) {
    var parent: TreeNode?
    var next = root
    var isLeft = false
    let byteCount = Order.byteCount(of: node)
    while let place = next {
      if Order.keepsLargest && place.pointee.largest < byteCount {
        place.pointee.largest = byteCount
      }
      parent = place
      isLeft = Order.precedes(node, place)
      next = isLeft ? place.pointee.left : place.pointee.right
    }
    node.initialize(to: TreeLinks(left: nil, right: nil, parent: parent, largest: byteCount))
    guard let parent else {
      root = node
      return
    }
    if isLeft { parent.pointee.left = node } else { parent.pointee.right = node }
    while let parent = node.pointee.parent, Self.priority(parent) < Self.priority(node) {
      lift(node, over: parent)
    }
  }

  mutating func remove(_ node: TreeNode) {
    while true {
      let left = node.pointee.left
      let right = node.pointee.right
      guard let left, let right else {
        replace(node, by: left ?? right)
        break
      }
      lift(Self.priority(left) < Self.priority(right) ? right : left, over: node)
    }
    if Order.keepsLargest { updateLargest(from: node.pointee.parent) }
  }

  /// Makes the largest known again from a node to the root, after its size changed.
  func updateLargest(from node: TreeNode?) {
    var next = node
    while let place = next {
      Self.setLargest(place)
      next = place.pointee.parent
    }
  }

  /// The smallest node of those that the test holds for.
  /// - Parameter test: holds for all nodes behind one that it holds for.
  @inline(__always)
  func first(where test: (TreeNode) -> Bool) -> TreeNode? {
    var found: TreeNode?
    var next = root
    while let place = next {
      if test(place) {
        found = place
        next = place.pointee.left
      } else {
        next = place.pointee.right
      }
    }
    return found
  }

  /// The first node in order that has at least so many bytes.
  func firstFit(byteCount: Int) -> TreeNode? {
    guard var place = root, place.pointee.largest >= byteCount else { return nil }
    while true {
      if let left = place.pointee.left, left.pointee.largest >= byteCount {
        place = left
      } else if Order.byteCount(of: place) >= byteCount {
        return place
      } else if let right = place.pointee.right {
        place = right
      } else {
        preconditionFailure("a subtree lacks the largest block it should have")
      }
    }
  }

  /// The last node in order.
  var last: TreeNode? {
    var found = root
    while let right = found?.pointee.right { found = right }
    return found
  }

  private mutating func replace(_ node: TreeNode, by child: TreeNode?) {
    let parent = node.pointee.parent
    child?.pointee.parent = parent
    guard let parent else {
      root = child
      return
    }
    if parent.pointee.left == node {
      parent.pointee.left = child
    } else {
      parent.pointee.right = child
    }
  }

  /// Turns a node and its parent so that the node is above.
  private mutating func lift(_ node: TreeNode, over parent: TreeNode) {
    replace(parent, by: node)
    if parent.pointee.left == node {
      parent.pointee.left = node.pointee.right
      node.pointee.right?.pointee.parent = parent
      node.pointee.right = parent
    } else {
      parent.pointee.right = node.pointee.left
      node.pointee.left?.pointee.parent = parent
      node.pointee.left = parent
    }
    parent.pointee.parent = node
    if Order.keepsLargest {
      Self.setLargest(parent)
      Self.setLargest(node)
    }
  }

  private static func setLargest(_ node: TreeNode) {
    let below = max(
      node.pointee.left?.pointee.largest ?? 0, node.pointee.right?.pointee.largest ?? 0)
    node.pointee.largest = max(Order.byteCount(of: node), below)
  }
}

extension BlockTree {
  /// Calls the body with each node in order.
  /// - Complexity: O(nodes).
  func forEach(_ body: (TreeNode) -> Void) {
    var next = root
    while let left = next?.pointee.left { next = left }
    while let node = next {
      body(node)
      if var below = node.pointee.right {
        while let left = below.pointee.left { below = left }
        next = below
      } else {
        var child = node
        while let parent = child.pointee.parent, parent.pointee.right == child { child = parent }
        next = child.pointee.parent
      }
    }
  }

  /// Whether order, priorities and sizes are those of a whole tree.
  func isWhole() -> Bool {
    var last: TreeNode?
    var isWhole = root?.pointee.parent == nil
    forEach { node in
      if let last, !Order.precedes(last, node) { isWhole = false }
      last = node
      for child in [node.pointee.left, node.pointee.right] {
        guard let child else { continue }
        if child.pointee.parent != node { isWhole = false }
        if Self.priority(child) > Self.priority(node) { isWhole = false }
        if Order.keepsLargest && child.pointee.largest > node.pointee.largest { isWhole = false }
      }
      if Order.keepsLargest {
        let before = node.pointee.largest
        Self.setLargest(node)
        if node.pointee.largest != before { isWhole = false }
      }
    }
    return isWhole
  }
}

/// By size, and by address where that is the same.
enum SizeOrder: TreeOrder {
  static var keepsLargest: Bool { false }
  static func byteCount(of node: TreeNode) -> Int { Block(links: node).byteCount }

  static func precedes(_ left: TreeNode, _ right: TreeNode) -> Bool {
    let sizes = (byteCount(of: left), byteCount(of: right))
    return sizes.0 == sizes.1 ? left < right : sizes.0 < sizes.1
  }
}

/// By address; each node knows the largest block of its subtree.
enum AddressOrder: TreeOrder {
  static var keepsLargest: Bool { true }
  static func byteCount(of node: TreeNode) -> Int { Block(links: node).byteCount }
  static func precedes(_ left: TreeNode, _ right: TreeNode) -> Bool { left < right }
}
