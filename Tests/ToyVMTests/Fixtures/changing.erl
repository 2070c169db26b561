-module(changing).
-export([version/0, maker/0, literal/0, wait/0, call/1]).
-ifndef(VERSION).
-define(VERSION, 1).
-endif.
version() -> ?VERSION.
maker() -> X = version(), fun() -> {X, ?VERSION} end.
literal() -> {?VERSION, [a, {b, "a list"}, <<"bytes">>]}.
%% Stays in this version until it is told otherwise.
wait() ->
    receive
        {version, From} -> From ! {self(), ?VERSION}, wait();
        {keep, From, Key} -> put(Key, literal()), From ! {self(), kept}, wait();
        {leave, Fun} -> Fun()
    end.
call(Fun) -> {?VERSION, Fun()}.
