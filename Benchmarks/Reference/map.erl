%% Values of keys that a map has, and other values for them.
%% erl -noshell -pa DIR -run map main REPETITIONS map/get/8 ...
-module(map).
-export([main/1]).

-define(OPERATIONS, 2000000).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("map/get/" ++ Size = Name, Repetitions) ->
    Count = list_to_integer(Size),
    timed(Name, Repetitions, Count, fun(Map, Keys, Rounds) -> gets(Rounds, Keys, Map, 0) end);
measure("map/put/" ++ Size = Name, Repetitions) ->
    Count = list_to_integer(Size),
    timed(Name, Repetitions, Count,
          fun(Map, Keys, Rounds) -> gets(1, Keys, puts(Rounds, Keys, Map, 0), 0) end).

timed(Name, Repetitions, Count, Work) ->
    Runs = [rows:in_process([], fun() -> one(Count, Work) end) || _ <- lists:seq(0, Repetitions)],
    [_WarmUp | Timed] = Runs,
    [Check] = lists:usort([Answer || {_, Answer} <- Runs]),
    rows:row(Name, "ns/operation", [Time / ?OPERATIONS || {Time, _} <- Timed], Check).

one(Count, Work) ->
    Map = maps:from_list([{key(I), I} || I <- lists:seq(0, Count - 1)]),
    Picks = max(1000, Count),
    Keys = picks(Picks, Count, 1, []),
    erlang:garbage_collect(),
    Start = erlang:monotonic_time(),
    Answer = Work(Map, Keys, ?OPERATIONS div Picks),
    Time = erlang:monotonic_time() - Start,
    {erlang:convert_time_unit(Time, native, nanosecond), Answer}.

key(Index) -> (Index * 2654435761) band 16#FFFFFFFFFF.

picks(0, _, _, Keys) -> Keys;
picks(Left, Count, State, Keys) ->
    Next = (State * 1103515245 + 12345) band 16#7FFFFFFF,
    picks(Left - 1, Count, Next, [key((Next bsr 8) rem Count) | Keys]).

%% The sum of the values of all keys, Rounds times.
gets(0, _, _, Sum) -> Sum;
gets(Rounds, Keys, Map, Sum) -> gets(Rounds - 1, Keys, Map, get_all(Keys, Map, Sum)).

get_all([Key | Keys], Map, Sum) ->
    #{Key := Value} = Map,
    get_all(Keys, Map, Sum + Value);
get_all([], _, Sum) -> Sum.

%% The map with a number more for each key that comes.
puts(0, _, Map, _) -> Map;
puts(Rounds, Keys, Map, Number) ->
    {Changed, Next} = put_all(Keys, Map, Number),
    puts(Rounds - 1, Keys, Changed, Next).

put_all([Key | Keys], Map, Number) -> put_all(Keys, Map#{Key => Number}, Number + 1);
put_all([], Map, Number) -> {Map, Number}.
