/// What the tool says about itself.
enum HelpText {
  static let version = "tenure 0.1.0 (modules of OTP 25)"

  static let usage = """
    usage: tenure run [options] PROGRAM.beam [ARG...]
             load and run a compiled Erlang or Elixir module
             -f FUNCTION       what to call; default main. Without ARGs FUNCTION/0, or, where
                               only that is exported, FUNCTION/1 with an empty list; with ARGs
                               FUNCTION/1 with a list of strings
             --pa DIR          where other modules are loaded from, on first call; repeatable
             --print           print the returned term
             --stats[=json]    write statistics to stderr at the end
             --zeal[=N]        collect at every (N-th) ensure
             --move            move the block of a heap at every ensure
             --verify          verify the heap after every collection
             --check           check each operand as it runs, which a valid module passes:
                               a test of the validator; several times slower
             --schedulers N    threads that run processes; default: one for each core
             --flatten[=WORDS] copy messages without their sharing, as Erlang does, up to so
                               many words; default 134217728
             --max-memory BYTES
                               budget for the whole system; K, M and G may stand behind
             --fail-mapping N  the N-th request to the system for memory fails
           tenure etf FILE [--size] [--reencode OUT]
             decode an external term (a file that begins with the byte 131) and print it
             --size            print its words, too: without sharing, and with it
             --reencode OUT    write it back to a file, encoded again
           tenure stress NAME [--seconds S] [--seed N] [--threads N]
             break something on purpose: heap, worlds, carriers, ets, messages
             --seconds S       how long; default 10, and one round at least
             --seed N          of the first round; each round has the next one
             --threads N       how many run the processes of messages; default 16
           tenure version
           tenure help
    Options stand before PROGRAM.beam; what stands behind belongs to the program.
    exit 0: returned; 1: uncaught exception, memory refused, or a stress failed;
         2: bad usage or bad file; N: the program called halt(N)
    """
}
