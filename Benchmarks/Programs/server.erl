%% A gen_server of the standard library under load: calls of many clients, casts, a timeout.
-module(server).
-behaviour(gen_server).
-export([main/0, main/1, run/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

main() -> run(20000).
main([Size]) -> run(list_to_integer(Size)).

%% {sum in the server, calls, casts, how the server ended}.
run(Count) ->
    {ok, Pid} = gen_server:start(?MODULE, 0, []),
    Monitor = monitor(process, Pid),
    Clients = [spawn_monitor(fun() -> client(Pid, Count div 4) end) || _ <- lists:seq(1, 4)],
    [receive {'DOWN', M, process, P, normal} -> ok end || {P, M} <- Clients],
    {Sum, Calls, Casts} = gen_server:call(Pid, state),
    ok = gen_server:stop(Pid),
    receive {'DOWN', Monitor, process, Pid, Reason} -> {Sum, Calls, Casts, Reason} end.

client(_, 0) -> ok;
client(Pid, Left) ->
    Left = gen_server:call(Pid, {add, Left}),
    ok = gen_server:cast(Pid, {subtract, 1}),
    client(Pid, Left - 1).

init(Sum) -> {ok, {Sum, 0, 0}}.
handle_call({add, Number}, _, {Sum, Calls, Casts}) -> {reply, Number, {Sum + Number, Calls + 1, Casts}};
handle_call(state, _, State) -> {reply, State, State}.
handle_cast({subtract, Number}, {Sum, Calls, Casts}) -> {noreply, {Sum - Number, Calls, Casts + 1}}.
handle_info(_, State) -> {noreply, State}.
terminate(_, _) -> ok.
