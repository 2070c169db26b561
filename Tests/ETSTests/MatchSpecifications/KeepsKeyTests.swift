import ETS
import Testing

/// What `ets:select_replace/2` of OTP 25 takes and refuses, told by the form of the body alone.
@Suite("Bodies that keep the key")
struct KeepsKeyTests {
  @Test(
    "as Erlang tells them",
    arguments: [
      ("{'$1'}", "'$_'", true),
      ("{'$1'}", "{{'$1'}}", true),
      ("{'$1'}", "{{{element,1,'$_'}}}", true),
      ("{a}", "{const,{a}}", true),
      ("{a}", "{{a}}", true),
      ("{a}", "{{{const,a}}}", true),
      ("{{a,'$1'}}", "{{{{a,'$1'}}}}", true),
      ("{'$1'}", "{{a}}", false),
      ("{'$1','$2'}", "{{'$2','$1'}}", false),
      ("{'$1'}", "{{{element,2,'$_'}}}", false),
      // What matches anything in a head is itself in a constant.
      ("{'$_'}", "{const,{'$_'}}", false),
      ("{'$$'}", "{const,{'$$'}}", false),
      ("{'_'}", "{const,{'_'}}", false),
      ("{'$1'}", "{const,{'$1'}}", false),
      ("{'$_'}", "{{'$_'}}", false),
      ("{'$$'}", "{{'$$'}}", false),
      ("{'_'}", "{{'_'}}", false),
      ("{'$_'}", "{{{const,'$_'}}}", false),
      ("{{'$$'}}", "{{{const,{'$$'}}}}", false),
    ])
  func keepsKey(head: String, body: String, keeps: Bool) throws {
    let specification = try MatchBench().compile("[{\(head),[],[\(body)]}]")
    #expect(try specification.keepsKey(at: 1) == keeps)
  }
}
