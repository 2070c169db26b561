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
