%% Loading, deleting and purging of modules while processes run their code.
-module(lang_code).
-export([third_version/0, purges/0, deletes/0, old_code/0, process_code/0, killed/0, spared/0,
         funs/0, same_funs/0, literals/0, literals_of_others/0, bad_arguments/0, bad_modules/0,
         asynchronous/0, calls_from_old/0, loads_after_delete/0, purges_by_name/0,
         soft_purges_under_calls/0]).
-include("lang_code.hrl").

load(V) -> code:load_binary(changing, "changing.beam", version(V)).

clean() ->
    code:purge(changing), code:delete(changing), code:purge(changing).

fresh() -> clean(), {module, changing} = load(1), ok.

waiting() ->
    {Pid, Ref} = spawn_monitor(changing, wait, []),
    1 = ask(Pid), {Pid, Ref}.

ask(Pid) ->
    Pid ! {version, self()},
    receive {Pid, V} -> V after 5000 -> silent end.

ended(Ref) -> receive {'DOWN', Ref, process, _, Why} -> Why after 5000 -> alive end.

third_version() ->
    fresh(),
    R = [load(2), changing:version(), erlang:load_module(changing, version(3)),
         changing:version(), erlang:check_old_code(changing), code:purge(changing),
         erlang:load_module(changing, version(3)), changing:version()],
    clean(), R.

purges() ->
    fresh(),
    R = [code:purge(changing), code:soft_purge(changing), load(2), code:soft_purge(changing),
         erlang:check_old_code(changing), load(3), code:purge(changing), changing:version(),
         load(1), erlang:purge_module(changing), catch_reason(fun() -> erlang:purge_module(changing) end),
         code:purge(no_such_module), code:soft_purge(no_such_module)],
    clean(), R.

deletes() ->
    fresh(),
    R = [code:delete(changing), code:is_loaded(changing), code:delete(changing),
         erlang:check_old_code(changing), load(2), changing:version(),
         catch_reason(fun() -> erlang:delete_module(changing) end), code:purge(changing),
         erlang:delete_module(changing), catch_reason(fun() -> erlang:delete_module(changing) end),
         erlang:delete_module(no_such_module)],
    clean(), R.

old_code() ->
    fresh(),
    A = erlang:check_old_code(changing),
    load(2),
    R = [A, erlang:check_old_code(changing), erlang:check_old_code(no_such_module)],
    clean(), R.

process_code() ->
    fresh(),
    {Pid, Ref} = waiting(),
    A = erlang:check_process_code(Pid, changing),
    load(2),
    R = [A, erlang:check_process_code(Pid, changing), erlang:check_process_code(self(), changing),
         erlang:check_process_code(Pid, changing, [{allow_gc, false}]),
         erlang:check_process_code(Pid, no_such_module), ask(Pid)],
    Pid ! {leave, fun() -> ok end},
    [normal | R] = [ended(Ref) | R],
    S = erlang:check_process_code(Pid, changing),
    clean(), [S | R].

killed() ->
    fresh(),
    {Pid, Ref} = waiting(),
    load(2),
    R = [code:soft_purge(changing), ask(Pid), is_process_alive(Pid), code:purge(changing),
         is_process_alive(Pid), ended(Ref), erlang:check_old_code(changing), changing:version(),
         code:purge(changing)],
    clean(), R.

%% A process whose code is not old, with processes of old code beside it.
spared() ->
    fresh(),
    {Old, OldRef} = waiting(),
    load(2),
    {New, NewRef} = spawn_monitor(changing, wait, []),
    R = [ask(Old), ask(New), code:purge(changing), ended(OldRef), is_process_alive(New), ask(New)],
    exit(New, kill),
    killed = ended(NewRef),
    clean(), R.

%% A fun of a version that is gone, where the new one is another module.
funs() ->
    fresh(),
    F = changing:maker(),
    A = F(),
    load(2),
    B = F(),
    C = code:purge(changing),
    R = [A, B, C, is_function(F, 0), kind(fun() -> F() end)],
    clean(), R.

%% One whose module was loaded once more as it was.
same_funs() ->
    fresh(),
    F = changing:maker(),
    load(1),
    G = changing:maker(),
    R = [F(), F =:= G, code:purge(changing), F(), G(), F =:= G],
    clean(), R.

literals() ->
    fresh(),
    L = changing:literal(),
    load(2),
    R = [code:purge(changing), L, changing:literal()],
    clean(), garbage_collect(), [L | R].

literals_of_others() ->
    fresh(),
    Self = self(),
    {Pid, Ref} = spawn_monitor(
        fun() ->
                L = changing:literal(),
                put(there, L),
                Self ! {self(), ready},
                receive {go, From} -> From ! {self(), L, get(there)} end
        end),
    receive {Pid, ready} -> ok end,
    load(2),
    A = code:purge(changing),
    Pid ! {go, self()},
    R = receive {Pid, L, M} -> [A, L, M] after 5000 -> none end,
    [normal | R] = [ended(Ref) | R],
    clean(), R.

bad_arguments() ->
    [catch_reason(F) || F <- [fun() -> erlang:check_old_code(1) end,
                              fun() -> erlang:delete_module(1) end,
                              fun() -> erlang:purge_module(1) end,
                              fun() -> erlang:check_process_code(a, changing) end,
                              fun() -> erlang:check_process_code(self(), 1) end,
                              fun() -> erlang:check_process_code(self(), changing, [a]) end,
                              fun() -> erlang:load_module(1, <<>>) end,
                              fun() -> erlang:load_module(changing, a) end]].

bad_modules() ->
    clean(),
    R = [erlang:load_module(changing, <<"no module">>), erlang:load_module(other, version(1)),
         code:load_binary(changing, "changing.beam", binary:part(version(1), 0, 100)),
         code:is_loaded(changing)],
    clean(), R.

asynchronous() ->
    fresh(),
    {Pid, Ref} = waiting(),
    load(2),
    R = [erlang:check_process_code(Pid, changing, [{async, asked}]),
         receive {check_process_code, asked, Answer} -> Answer after 5000 -> none end],
    exit(Pid, kill),
    killed = ended(Ref),
    clean(), R.

%% Old code under what runs counts, wherever the process is.
calls_from_old() ->
    fresh(),
    Self = self(),
    {Pid, Ref} = spawn_monitor(
        fun() ->
                changing:call(fun() -> Self ! {self(), ready}, receive go -> ok end end)
        end),
    receive {Pid, ready} -> ok end,
    load(2),
    R = [erlang:check_process_code(Pid, changing), code:soft_purge(changing), code:purge(changing),
         ended(Ref)],
    clean(), R.

loads_after_delete() ->
    fresh(),
    R = [code:delete(changing), load(2), load(3), changing:version(), code:purge(changing), load(3),
         changing:version()],
    clean(), R.

catch_reason(F) -> try F() catch C:R -> {C, R} end.

kind(F) -> try F() catch error:{badfun, _} -> badfun; C:R when is_atom(R) -> {C, R} end.

%% A purge that is called by its name, and waits for a process that it ends.
purges_by_name() ->
    [purge_by_name(fun(Args) -> apply(code, purge, Args) end),
     purge_by_name(fun(Args) -> F = fun erlang:apply/3, F(code, purge, Args) end),
     purge_by_name(fun(Args) -> F = fun code:purge/1, apply(F, Args) end),
     purge_by_name(fun(Args) -> apply(erlang, apply, [code, purge, Args]) end)].

purge_by_name(Purge) ->
    fresh(),
    {_, Ref} = waiting(),
    load(2),
    R = {Purge(list(changing)), ended(Ref)},
    clean(), R.

list(Element) -> [Element].

%% A fun is called all the time while its module is purged, and is none from then on.
soft_purges_under_calls() ->
    soft_purges_under_calls(20).

soft_purges_under_calls(0) -> ok;
soft_purges_under_calls(Left) ->
    no_fun = soft_purge_under_calls(),
    soft_purges_under_calls(Left - 1).

soft_purge_under_calls() ->
    fresh(),
    F = changing:maker(),
    {_, Ref} = spawn_monitor(fun() -> called(F) end),
    load(2),
    soft_purged(),
    R = ended(Ref),
    clean(), R.

soft_purged() ->
    case code:soft_purge(changing) of
        true -> ok;
        false -> receive after 0 -> soft_purged() end
    end.

called(F) ->
    try F() of {1, 1} -> called(F)
    catch error:{badfun, F} -> exit(no_fun)
    end.
