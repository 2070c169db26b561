%% Processes that come, answer and go; all at once, and one after the other.
-module(spawning).
-export([main/0, main/1, run/1]).

main() -> run(20000).
main([Size]) -> run(list_to_integer(Size)).

%% {sum of the answers of those that came together, of those one by one, ends that were told}.
run(Count) ->
    Together = begin_all(Count),
    First = collect(Together, 0),
    Second = one_by_one(Count, 0),
    {First, Second, monitored(Count div 4, 0)}.

begin_all(0) -> [];
begin_all(Left) ->
    Self = self(),
    Pid = spawn(fun() -> Self ! {self(), Left} end),
    [Pid | begin_all(Left - 1)].

collect([], Sum) -> Sum;
collect([Pid | Pids], Sum) -> receive {Pid, Number} -> collect(Pids, Sum + Number) end.

one_by_one(0, Sum) -> Sum;
one_by_one(Left, Sum) ->
    Self = self(),
    Pid = spawn(fun() -> Self ! {self(), Left} end),
    receive {Pid, Number} -> one_by_one(Left - 1, Sum + Number) end.

monitored(0, Count) -> Count;
monitored(Left, Count) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({left, Left}) end),
    receive {'DOWN', Monitor, process, Pid, {left, Left}} -> monitored(Left - 1, Count + 1) end.
