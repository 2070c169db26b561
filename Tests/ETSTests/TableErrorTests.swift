import Carriers
import ETS
import Testing

@Suite struct TableErrorTests {
  @Test func causesAreTheWordsOfErlang() {
    #expect(TableError.noTable.cause(of: "lookup") == "id")
    #expect(TableError.noAccess.cause(of: "insert") == "access")
    #expect(TableError.noKeyPosition(keyPosition: 2).cause(of: "insert") == "none")
    #expect(TableError.noKey.cause(of: "lookup_element") == "badkey")
    #expect(TableError.noKey.cause(of: "next") == "none")
    #expect(
      TableError.outOfMemory(.invalidSize(byteCount: 0)).cause(of: "insert") == "system_limit")
  }
}
