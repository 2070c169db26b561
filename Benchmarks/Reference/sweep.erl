%% Full sweeps of a heap that holds one live structure and no garbage.
%% erl -noshell -pa DIR -run sweep main REPETITIONS sweep/list ...
-module(sweep).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("sweep/" ++ Shape = Name, Repetitions) ->
    {Samples, Check} = rows:in_process([{min_heap_size, 4000000}],
                                       fun() -> sweeps(Shape, Repetitions) end),
    rows:row(Name, "ns/word", Samples, Check).

%% Two sweeps first: the first one of a process also tries a minor collection, and the spaces
%% that later ones reuse are not there yet.
sweeps(Shape, Repetitions) ->
    Data = shapes:build(Shape),
    garbage_collect(),
    garbage_collect(),
    Words = shapes:words(Data),
    Samples = [rows:elapsed(fun garbage_collect/0) / Words || _ <- lists:seq(1, Repetitions)],
    {Samples, shapes:digest(Shape, Data)}.
