extension [Double] {
  /// The sample in the middle; with an even count, the mean of the two in the middle.
  var median: Double {
    precondition(!isEmpty, "a median of nothing")
    let sorted = self.sorted()
    let upper = sorted[count / 2]
    return count % 2 == 1 ? upper : (sorted[count / 2 - 1] + upper) / 2
  }

  /// The fastest sample.
  var minimum: Double {
    precondition(!isEmpty, "a minimum of nothing")
    return reduce(self[0], Swift.min)
  }
}
