%% What the programs of Benchmarks/Programs answer under real Erlang: one line each of
%% program, size ("main" for main/0, else the argument of run/1) and the value as ~w prints it.
%% Run by `Benchmarks/Programs/build --expected`.
-module(expected).
-export([main/0]).

main() -> lists:foreach(fun answers/1, sizes()).

%% For each program a tiny size (few enough allocations to collect at every one of them) and a
%% middle one (an instant for an interpreter that is built for debugging).
sizes() ->
    [{binary_append, [10, 200]},
     {binary_trees, [4, 8]},
     {churn, [5, 8]},
     {deep_recursion, [150, 5000]},
     {echo, [3, 20]},
     {factorial, [30, 200]},
     {fannkuch, [5, 6]},
     {fib, [10, 18]},
     {map_building, [10, 100]},
     {nbody, [3, 100]},
     {nrev, [15, 50]},
     {quicksort, [60, 2000]},
     {queens, [5, 7]},
     {ring, [10, 100]},
     {sieve, [100, 5000]},
     {spawning, [8, 200]},
     {spectral_norm, [3, 25]},
     {table_counters, [5, 100]},
     {tak, [3, 5]},
     {two_list_queue, [20, 1000]}].

answers({Program, Sizes}) ->
    lists:foreach(fun(Size) -> line(Program, Size, Program:run(Size)) end, Sizes),
    line(Program, main, Program:main()).

line(Program, Size, Value) -> io:format("~w ~w ~w~n", [Program, Size, Value]).
