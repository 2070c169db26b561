%% Minor collections of a churn of short-lived data, beside old data and beside none.
%% erl -noshell -pa DIR -run old main REPETITIONS minor/old/none minor/old/1M
-module(old).
-export([main/1]).

-define(ROUNDS, 200).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("minor/old/" ++ Old = Name, Repetitions) ->
    Cells = case Old of "none" -> 10; "1M" -> 500000 end,
    {Samples, Check} = rows:in_process([{min_heap_size, 196650}],
                                       fun() -> churn(Cells, Repetitions) end),
    rows:row(Name, "ns/gc", Samples, Check).

churn(Cells, Repetitions) ->
    Old = cells(Cells, []),
    garbage_collect(),
    %% The old block that is made now has room for as much as is young, dead or alive.
    10000 = length(cells(10000, [])),
    collect_minor(),
    Before = minor_collections(),
    Runs = [sample(?ROUNDS, 0, 0) || _ <- lists:seq(0, Repetitions)],
    [_WarmUp | Timed] = Runs,
    Minors = minor_collections() - Before,
    Minors = ?ROUNDS * (Repetitions + 1),
    [Sum] = lists:usort([S || {_, S} <- Runs]),
    {[Time / ?ROUNDS || {Time, _} <- Timed], Sum + length(Old)}.

sample(0, Time, Sum) -> {Time, Sum};
sample(Rounds, Time, Sum) ->
    [Last | _] = cells(10000, []),
    Kept = cells(100, []),
    Elapsed = rows:elapsed(fun collect_minor/0),
    100 = length(Kept),
    sample(Rounds - 1, Time + Elapsed, Sum + Last).

%% From the end, so that the first cell is the youngest.
cells(Count, List) -> cells(1, Count, List).

cells(Number, Count, List) when Number > Count -> List;
cells(Number, Count, List) -> cells(Number + 1, Count, [Number | List]).

collect_minor() -> garbage_collect(self(), [{type, minor}]).

minor_collections() ->
    {garbage_collection, Items} = process_info(self(), garbage_collection),
    proplists:get_value(minor_gcs, Items).
