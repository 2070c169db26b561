import Terms

extension ProcessHeap {
  /// The words of a copy of a term without its sharing, in the time of the graph.
  /// - Returns: nothing where there is no working memory; `Int.max` for more than that.
  package func unfoldedWords(of term: Term) -> Int? {
    withSenderSpaces {
      try? TermSize.unfoldedWords(of: term, within: $0, scratch: environment.scratch)
    }
  }

  /// The words of a copy of a term with its sharing, and the references in the term to what others
  /// lead to as well.
  /// - Returns: nothing where there is no working memory.
  package func sharedWords(of term: Term) -> (words: Int, sharedReferences: Int)? {
    withSenderSpaces {
      try? TermSize.sharedWords(of: term, within: $0, scratch: environment.scratch)
    }
  }
}
