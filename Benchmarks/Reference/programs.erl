%% The programs of Benchmarks/Programs, each main/0 in a fresh process; start-up and loading
%% are not in the times.
%% erl -noshell -pa DIR -pa Benchmarks/Programs -run programs main REPETITIONS program/fib ...
-module(programs).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("program/" ++ Program = Name, Repetitions) ->
    Module = list_to_atom(Program),
    {module, Module} = code:ensure_loaded(Module),
    Runs = [rows:in_process([], fun() -> one(Module) end) || _ <- lists:seq(0, Repetitions)],
    [_WarmUp | Timed] = Runs,
    [Check] = lists:usort([Answer || {_, Answer} <- Runs]),
    rows:row(Name, "ms", [Time || {Time, _} <- Timed], Check).

%% Milliseconds and the answer.
one(Module) ->
    Start = erlang:monotonic_time(),
    Answer = Module:main(),
    Time = erlang:monotonic_time() - Start,
    {erlang:convert_time_unit(Time, native, nanosecond) / 1000000, Answer}.
