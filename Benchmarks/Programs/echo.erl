%% A process sends what it gets back to the sender: copies of large messages, and their collection.
-module(echo).
-export([main/0, main/1, run/1]).

main() -> echo(500, 1000).
main([Size]) -> run(list_to_integer(Size)).

run(Size) -> echo(Size, 100).

%% {messages, sum of their lengths and of the last elements that were added}.
echo(Count, Length) ->
    Pid = spawn(fun server/0),
    Sum = exchange(Count, Pid, list(Length, []), 0),
    Pid ! stop,
    {Count, Sum}.

server() ->
    receive
        {From, Message} -> From ! {self(), Message}, server();
        stop -> ok
    end.

exchange(0, _, _, Sum) -> Sum;
exchange(Left, Pid, List, Sum) ->
    Pid ! {self(), {Left, List}},
    receive
        {Pid, {Left, [{Number, _, _} | _] = Back}} ->
            exchange(Left - 1, Pid, List, Sum + length(Back) + Number)
    end.

list(0, List) -> List;
list(Left, List) -> list(Left - 1, [{Left, Left * 0.5, "ab"} | List]).
