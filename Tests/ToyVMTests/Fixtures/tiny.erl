%% The smallest of modules that has an import.
-module(tiny).
-export([main/0]).

main() ->
    erlang:abs(self()).
