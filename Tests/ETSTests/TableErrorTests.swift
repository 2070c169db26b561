import Carriers
import ETS
import Testing

@Suite struct TableErrorTests {
  @Test func causesAreTheWordsOfErlang() {
    #expect(TableError.noTable.cause == "id")
    #expect(TableError.noAccess.cause == "access")
    #expect(TableError.noKeyPosition(keyPosition: 2).cause == "keypos")
    #expect(TableError.noKey.cause == "badkey")
    #expect(TableError.outOfMemory(.invalidSize(byteCount: 0)).cause == "system_limit")
  }
}
