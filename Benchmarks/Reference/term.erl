%% Work on terms that are there: comparing, measuring, hashing, copying.
%% erl -noshell -pa DIR -run term main REPETITIONS term/compare/list ...
-module(term).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure(Name, Repetitions) ->
    ["term", What, Shape] = string:split(Name, "/", all),
    Runs = rows:in_process([{min_heap_size, 4000000}],
                           fun() -> runs(What, Shape, Repetitions) end),
    [_WarmUp | Timed] = Runs,
    [{_, Words, Check}] = lists:usort([{ok, W, A} || {_, W, A} <- Runs]),
    rows:row(Name, "ns/word", [Time / Words || {Time, _, _} <- Timed], Check).

%% A term of 100,000 words of many kinds, hashed 20 times for one sample.
runs("phash2", "records", Repetitions) ->
    Records = etf:mixed(3448),
    Words = 20 * erts_debug:flat_size(Records),
    [begin
         {Time, Answer} = timed(fun() -> hashes(20, Records, 0) end),
         {Time, Words, Answer}
     end || _ <- lists:seq(0, Repetitions)];
runs(What, Shape, Repetitions) ->
    Left = shapes:build(Shape),
    Right = shapes:build(Shape),
    Words = shapes:words(Left),
    [begin
         {Time, Answer} = run(What, Left, Right, Words),
         {Time, Words, Answer}
     end || _ <- lists:seq(0, Repetitions)].

run("compare", Left, Right, _) -> timed(fun() -> Left =:= Right end);
run("order", Left, Right, _) -> timed(fun() -> not (Left < Right) end);
run("size", Left, _, _) -> timed(fun() -> erts_debug:flat_size(Left) end);
run("phash2", Left, _, _) -> timed(fun() -> erlang:phash2(Left) end);
run("copy", Left, _, Words) ->
    %% What the sender does: measure, allocate and copy.
    {Process, Monitor} =
        spawn_opt(fun() -> receive {copy, _} -> ok end end,
                  [monitor, {message_queue_data, off_heap}]),
    {Time, _} = timed(fun() -> Process ! {copy, Left}, ok end),
    receive {'DOWN', Monitor, process, Process, _} -> ok end,
    {Time, Words}.

hashes(0, _, Last) -> Last;
hashes(Count, Term, _) -> hashes(Count - 1, Term, erlang:phash2(Term)).

timed(Work) ->
    Start = erlang:monotonic_time(),
    Answer = Work(),
    Time = erlang:monotonic_time() - Start,
    {erlang:convert_time_unit(Time, native, nanosecond), Answer}.
