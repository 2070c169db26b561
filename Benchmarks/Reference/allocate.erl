%% Short-lived cells, with the collections they cause.
%% erl -noshell -pa DIR -run allocate main REPETITIONS allocate/cons ...
-module(allocate).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("allocate/cons" = Name, Repetitions) ->
    Cells = 20000000,
    timed(Name, Repetitions, Cells, fun() -> cells(Cells, []) end);
measure("allocate/list/100" = Name, Repetitions) ->
    Lists = 200000,
    timed(Name, Repetitions, Lists * 100, fun() -> lists(Lists, 100, 0) end).

timed(Name, Repetitions, Cells, Work) ->
    Runs = [rows:in_process([], fun() -> one(Work) end) || _ <- lists:seq(0, Repetitions)],
    [_WarmUp | Timed] = Runs,
    [Check] = lists:usort([Answer || {_, Answer} <- Runs]),
    rows:row(Name, "ns/cell", [Time / Cells || {Time, _} <- Timed], Check).

one(Work) ->
    Start = erlang:monotonic_time(),
    Answer = Work(),
    Time = erlang:monotonic_time() - Start,
    {erlang:convert_time_unit(Time, native, nanosecond), Answer}.

%% Each cell replaces the last one, which is garbage from then on.
cells(0, [Last]) -> Last;
cells(Count, _) -> cells(Count - 1, [Count]).

%% Lists of Length cells, each dropped once its first element is read.
lists(0, _, Sum) -> Sum;
lists(Count, Length, Sum) ->
    [First | _] = fill(Length, Count, []),
    lists(Count - 1, Length, Sum + First).

fill(0, _, List) -> List;
fill(Count, Value, List) -> fill(Count - 1, Value, [Value | List]).
