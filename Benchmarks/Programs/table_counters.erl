%% Many processes count in one table, and read it.
-module(table_counters).
-export([main/0, main/1, run/1]).

main() -> run(5000).
main([Size]) -> run(list_to_integer(Size)).

%% {sum of all values, number of keys, lookups that found what they look for}.
run(Count) ->
    Table = ets:new(counters, [public, {write_concurrency, true}]),
    Pids = workers(8, Table, Count, []),
    Found = join(Pids, 0),
    Sum = sum(ets:tab2list(Table), 0),
    Keys = ets:info(Table, size),
    ets:delete(Table),
    {Sum, Keys, Found}.

workers(0, _, _, Pids) -> Pids;
workers(Left, Table, Count, Pids) ->
    Worker = fun() -> exit({found, work(Count, Left, Table, 0)}) end,
    workers(Left - 1, Table, Count, [spawn_monitor(Worker) | Pids]).

%% The lookups that found their counter: those of the process's own keys do.
work(0, _, _, Found) -> Found;
work(Left, Number, Table, Found) ->
    Shared = Left * Number rem 64,
    ets:update_counter(Table, Shared, 1, {Shared, 0}),
    Own = {Number, Left rem 100},
    ets:insert(Table, {Own, Left}),
    case ets:lookup(Table, Own) of
        [{Own, Left}] -> work(Left - 1, Number, Table, Found + 1);
        _ -> work(Left - 1, Number, Table, Found)
    end.

join([], Sum) -> Sum;
join([{Pid, Monitor} | Pids], Sum) ->
    receive {'DOWN', Monitor, process, Pid, {found, Found}} -> join(Pids, Sum + Found) end.

sum([], Sum) -> Sum;
sum([{_, Value} | Rest], Sum) -> sum(Rest, Sum + Value).
