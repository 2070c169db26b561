%% Minor collections in which everything built since the last collection is alive.
%% erl -noshell -pa DIR -run minor main REPETITIONS minor/list minor/list/promoted ...
-module(minor).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("minor/" ++ Scenario = Name, Repetitions) ->
    {Shape, Survival} = case string:split(Scenario, "/") of
                            [Only] -> {Only, first};
                            [Other, "promoted"] -> {Other, second}
                        end,
    Runs = [rows:in_process([{min_heap_size, 4000000}], fun() -> survive(Shape, Survival) end)
            || _ <- lists:seq(0, Repetitions)],
    [_WarmUp | Timed] = Runs,
    [Check] = lists:usort([Digest || {_, Digest} <- Runs]),
    rows:row(Name, "ns/word", [Sample || {Sample, _} <- Timed], Check).

%% One collection of a process's life is timed, so each repetition is a process of its own.
%% The anchor that survives the full sweep lets the next collection be a true minor one:
%% without older data the runtime would sweep fully instead.
survive(Shape, Survival) ->
    Anchor = lists:duplicate(10, self()),
    garbage_collect(),
    Data = shapes:build(Shape),
    Words = shapes:words(Data),
    0 = minor_collections(),
    First = rows:elapsed(fun collect_minor/0),
    1 = minor_collections(),
    Time = case Survival of
               first -> First;
               second ->
                   Second = rows:elapsed(fun collect_minor/0),
                   2 = minor_collections(),
                   Second
           end,
    10 = length(Anchor),
    {Time / Words, shapes:digest(Shape, Data)}.

collect_minor() -> garbage_collect(self(), [{type, minor}]).

%% Since the last full sweep.
minor_collections() ->
    {garbage_collection, Items} = process_info(self(), garbage_collection),
    proplists:get_value(minor_gcs, Items).
