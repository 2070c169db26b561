#!/usr/bin/env escript
%% Writes what each test function of Fixtures/lang_*.erl answers under this Erlang, one line each:
%% module, function, `returned` or the class of the exception, and the value or reason as ~w prints it.
%%
%%     cd Tests/ToyVMTests/Fixtures && erlc +deterministic +no_debug_info lang_*.erl
%%     ../Recording/record_language.escript > language.txt
-mode(compile).

main(_) ->
    io:format("% OTP ~s; made by Recording/record_language.escript~n", [erlang:system_info(otp_release)]),
    true = code:add_patha("."),
    Modules = [list_to_atom(filename:rootname(F)) || F <- lists:sort(filelib:wildcard("lang_*.beam"))],
    [line(M, F) || M <- Modules, {F, 0} <- lists:sort(M:module_info(exports)), F =/= module_info].

%% Each in a process of its own, so that none sees the other's dictionary.
line(Module, Function) ->
    Self = self(),
    {Pid, Monitor} = spawn_monitor(fun() -> Self ! {self(), answer(Module, Function)} end),
    receive
        {Pid, {How, What}} ->
            demonitor(Monitor, [flush]),
            io:format("~w ~w ~w ~w~n", [Module, Function, How, What])
    end.

answer(Module, Function) ->
    try {returned, Module:Function()} catch Class:Reason -> {Class, Reason} end.
