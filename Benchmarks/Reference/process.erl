%% A million processes with a state of 12 integers each: the bytes of memory(processes) for each.
%% erl -noshell -pa DIR +P 2000000 -run process main REPETITIONS process/million/default
-module(process).
-export([main/1]).

-define(COUNT, 1000000).

main(Arguments) -> rows:script(Arguments, fun measure/2).

%% Once is enough: nothing about it is random.
measure("process/million/default" = Name, _Repetitions) ->
    Before = erlang:memory(processes),
    Pids = [spawn_link(fun() -> idle(list_to_tuple(lists:seq(Number, Number + 11))) end)
            || Number <- lists:seq(0, ?COUNT - 1)],
    Sum = lists:sum([ask(Pid) || Pid <- Pids]),
    Bytes = (erlang:memory(processes) - Before) / ?COUNT,
    rows:row(Name, "bytes", [Bytes], Sum).

idle(State) ->
    receive {ask, From} -> From ! {state, self(), element(12, State)}, idle(State) end.

ask(Pid) ->
    Pid ! {ask, self()},
    receive {state, Pid, Number} -> Number end.
