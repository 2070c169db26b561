%% Prints by the standard library's own io, from several processes, and ends in several ways.
-module(talking).
-export([main/0, waiting/0, failing_child/0]).

main() ->
    io:format("~p and ~s~n", [{a, [1, 2, 3]}, "text"]),
    io:put_chars(["plain", $\n, <<"binary\n">>]),
    Self = self(),
    Pid = spawn(fun() -> io:format("from a child ~ts~n", [[1078]]), Self ! done end),
    receive done -> ok end,
    io:format("~p~n", [lists:keyfind(encoding, 1, io:getopts())]),
    {'EXIT', {badarg, _}} = (catch io:format("~d", [x])),
    io:format(standard_error, "to the error output~n", []),
    io:format("~p ~p~n", [is_pid(Pid), io:columns()]),
    ok.

waiting() -> receive never -> ok end.

failing_child() ->
    {Pid, Monitor} = spawn_monitor(fun() -> error(oops) end),
    receive {'DOWN', Monitor, process, Pid, {Reason, _}} -> Reason end.
