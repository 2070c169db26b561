%% Messages to another process, which throws them away: the sender's time, most of it the copy.
%% erl -noshell -pa DIR -run message main REPETITIONS message/copy/list/keep ...
-module(message).
-export([main/1]).

-define(LEVELS, 20).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure("message/copy/" ++ Rest = Name, Repetitions) ->
    [Shape, _Way] = string:split(Rest, "/"),
    Build = fun() -> shapes:build(Shape) end,
    {Samples, Check} = rows:in_process([{min_heap_size, 4000000}], fun() ->
        Data = Build(),
        Words = shapes:words(Data),
        Samples = [Time / Words || Time <- sends(Data, Repetitions)],
        {Samples, shapes:digest(Shape, Data)}
    end),
    rows:row(Name, "ns/word", Samples, Check);
measure("message/pingpong" = Name, Repetitions) ->
    rows:row(Name, "ns/message", tl([ping_pong(100000) || _ <- lists:seq(0, Repetitions)]), 100000);
measure("message/threads" = Name, Repetitions) ->
    rows:row(Name, "ns/message", tl([two_schedulers(100000) || _ <- lists:seq(0, Repetitions)]), 100000);
measure("process/life" = Name, Repetitions) ->
    Lives = 100000,
    rows:row(Name, "ns", tl([lives(Lives) || _ <- lists:seq(0, Repetitions)]),
             Lives * (Lives + 1) div 2);
measure("message/shared/" ++ _ = Name, Repetitions) ->
    {Samples, Check} = rows:in_process([], fun() ->
        Data = levels(?LEVELS, 1),
        {[Time / 1000 || Time <- sends(Data, Repetitions)], erts_debug:flat_size(Data)}
    end),
    rows:row(Name, "us", Samples, Check).

levels(0, Term) -> Term;
levels(Count, Term) -> levels(Count - 1, {Term, Term}).

%% The nanoseconds of each send. The receiver is there for one message only, so that it never
%% collects what the send before left behind; its end is waited for.
sends(Data, Repetitions) -> tl([send(Data) || _ <- lists:seq(0, Repetitions)]).

send(Data) ->
    {Receiver, Monitor} = spawn_opt(fun() -> receive _ -> ok end end,
                                    [monitor, {message_queue_data, off_heap}]),
    erlang:yield(),
    Time = rows:elapsed(fun() -> Receiver ! Data end),
    receive {'DOWN', Monitor, process, Receiver, _} -> Time end.

%% Two processes that send {ping, Pid, N} to and fro; on one scheduler, so that neither waits for a
%% processor to wake up.
ping_pong(Rounds) ->
    Old = erlang:system_flag(schedulers_online, 1),
    Other = spawn_link(fun echo/0),
    Time = rows:elapsed(fun() -> ping(Rounds, Other) end) / (2 * Rounds),
    unlink(Other),
    exit(Other, kill),
    erlang:system_flag(schedulers_online, Old),
    Time.

%% The same on two schedulers, each with one of the processes.
two_schedulers(Rounds) ->
    Self = self(),
    Other = spawn_opt(fun echo/0, [link, {scheduler, 2}]),
    {Pid, Monitor} = spawn_opt(
        fun() -> Self ! {time, rows:elapsed(fun() -> ping(Rounds, Other) end) / (2 * Rounds)} end,
        [monitor, {scheduler, 1}]),
    Time = receive {time, T} -> T end,
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    unlink(Other),
    exit(Other, kill),
    Time.

ping(0, _Other) -> ok;
ping(Rounds, Other) ->
    Other ! {ping, self(), Rounds},
    receive {ping, Other, Rounds} -> ping(Rounds - 1, Other) end.

echo() -> receive {ping, From, N} -> From ! {ping, self(), N}, echo() end.

%% Processes that are made, sent one message, receive it and end. A reply for each hundred keeps
%% the number of those alive low.
lives(Lives) ->
    Old = erlang:system_flag(schedulers_online, 1),
    Self = self(),
    Time = rows:elapsed(fun() -> live(Lives, Self, 0) end) / Lives,
    erlang:system_flag(schedulers_online, Old),
    Time.

live(0, _Self, _) -> ok;
live(Number, Self, _) when Number rem 100 =:= 0 ->
    Child = spawn(fun() -> receive {From, N} -> From ! {done, N} end end),
    Child ! {Self, Number},
    receive {done, Number} -> live(Number - 1, Self, 0) end;
live(Number, Self, _) ->
    Child = spawn(fun() -> receive {_From, _N} -> ok end end),
    Child ! {Self, Number},
    live(Number - 1, Self, 0).
