%% The ways in which a program can end. Compiled with: erlc +deterministic +no_debug_info endings.erl
-module(endings).
-export([main/0, echo/1, pair/2, fail/0, quit/0, toss/0, grow/0, elsewhere/0, stop/1]).

main() -> {returned, [1, -2, 3.5], [], "text"}.

echo(Arguments) -> {echo, Arguments}.

pair(A, B) -> {A, B}.

fail() -> deeper(), ok.

deeper() -> erlang:error({bad, luck}), ok.

quit() -> exit(done).

toss() -> throw(ball).

grow() -> grow([]).

grow(List) -> grow([List | List]).

%% As a script ends: with the status of its argument, from another process.
stop([Status]) ->
    spawn(fun() -> halt(list_to_integer(Status)) end),
    receive never -> ok end.

elsewhere() -> elsewhere:call().
