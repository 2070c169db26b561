%% A ring of processes that hand a token on: sending, waking, changing from process to process.
-module(ring).
-export([main/0, main/1, run/1]).

main() -> ring(1000, 200).
main([Size]) -> run(list_to_integer(Size)).

run(Size) -> ring(Size, 5).

%% {processes, hops, sum of what the token gathered}.
ring(Count, Rounds) ->
    First = chain(Count - 1, self()),
    Sum = rounds(Rounds, First, 0),
    First ! stop,
    receive stop -> {Count, Count * Rounds, Sum} end.

chain(0, Next) -> Next;
chain(Count, Next) -> chain(Count - 1, spawn(fun() -> forward(Next, Count) end)).

forward(Next, Number) ->
    receive
        {token, Value} ->
            Next ! {token, (Value + Number) rem 1000003},
            forward(Next, Number);
        stop -> Next ! stop
    end.

rounds(0, _, Sum) -> Sum;
rounds(Left, First, Sum) ->
    First ! {token, Sum},
    receive {token, Value} -> rounds(Left - 1, First, Value) end.
