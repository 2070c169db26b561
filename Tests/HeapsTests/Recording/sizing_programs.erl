%% Programs whose collections are recorded: each shows other rules of heap sizing at work.
-module(sizing_programs).
-export([all/0, random_program/1]).

%% {Name, spawn options, program}. A name that begins with "asks" marks a program that asks for
%% full sweeps itself.
all() ->
    [{list, [], fun() -> build(40000, []) end},
     {list_and_garbage, [], fun() -> build_and_drop(4000, []) end},
     {wide_tuples, [], fun() -> wide(300, []) end},
     {deep_recursion, [], fun() -> sum(deep(6000)) end},
     {deep_without_heap, [], fun() -> depth(20000) end},
     {grow_and_drop, [], fun() -> grow_and_drop([9000, 10, 200, 15000, 30, 3000, 5]) end},
     {live_and_churn, [], fun() -> live_and_churn(5000, 40, 600) end},
     {small_live_and_churn, [], fun() -> live_and_churn(60, 150, 30) end},
     {shrinking_live_set, [], fun() -> shrinking(build(30000, []), 15) end},
     {large_old_small_young, [], fun() -> large_old(build(30000, []), 300) end},
     {floats, [], fun() -> floats(6000, 1.0, []) end},
     {queue, [], fun() -> queue(30000, 400) end},
     {nothing_lives, [], fun() -> nothing(3000) end},
     {fragments, [], fun() -> fragments(150, []) end},
     {large_fragments, [], fun() -> large_fragments(25, []) end},
     {asks_full_sweeps, [], fun() -> asks(30, 250, []) end},
     {asks_nothing_full_minor, [], fun() -> asks_minor(30, 250, []) end},
     {growth_postponed, [], fun() -> postponed(40, build(170, [])) end},
     {min_1000, [{min_heap_size, 1000}], fun() -> build_and_drop(3000, []) end},
     {min_20000, [{min_heap_size, 20000}], fun() -> grow_and_drop([40000, 10, 3000, 20, 9000]) end},
     {min_300_nothing_lives, [{min_heap_size, 300}], fun() -> nothing(2000) end},
     {sweep_0, [{fullsweep_after, 0}], fun() -> build_and_drop(3000, []) end},
     {sweep_0_churn, [{fullsweep_after, 0}],
      fun() -> live_and_churn(2000, 20, 600), live_and_churn(20, 40, 60) end},
     {sweep_0_grow_and_drop, [{fullsweep_after, 0}],
      fun() -> grow_and_drop([9000, 10, 200, 15000, 30, 3000, 5]) end},
     {sweep_5, [{fullsweep_after, 5}], fun() -> live_and_churn(3000, 60, 400) end},
     {sweep_20, [{fullsweep_after, 20}, {min_heap_size, 600}],
      fun() -> live_and_churn(500, 160, 100) end},
     {mixed_1, [{fullsweep_after, 3}], fun() -> mixed(1, 60, []) end},
     {mixed_2, [], fun() -> mixed(2, 90, []) end},
     {mixed_3, [{min_heap_size, 2000}, {fullsweep_after, 2}], fun() -> mixed(3, 90, []) end},
     {asks_around_a_quarter, [], fun() -> around(78, 88, 400, []) end},
     {asks_around_three_quarters, [], fun() -> around(267, 274, 30, []) end},
     {middling_1, [{min_heap_size, 376}], fun() -> middling(330000, 1000) end},
     {middling_2, [{min_heap_size, 376}], fun() -> middling(330000, 15000) end},
     {above_the_dirty_limit, [], fun() -> build(200000, []) end}
     | [random_program(Seed) || Seed <- seeds()]].

%% The shortest of the first 4000 random programs that tell a rule from one slightly off.
seeds() -> [15, 346, 430, 1665, 1844, 1886, 1931, 2255, 3131, 3452, 3481, 3495].

random_program(Seed) ->
    {Options, Program} = random(Seed),
    {"random_" ++ integer_to_list(Seed), Options, Program}.

build(0, List) -> List;
build(N, List) -> build(N - 1, [N | List]).

%% Two of three allocated words are dropped at once.
build_and_drop(0, List) -> List;
build_and_drop(N, List) ->
    {A, _, _} = dropped(N),
    build_and_drop(N - 1, [A | List]).

dropped(N) -> {N, N, N}.

wide(0, List) -> List;
wide(N, List) ->
    wide(N - 1, [{N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
                  N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N} | List]).

deep(0) -> [];
deep(N) -> [N | deep(N - 1)].

sum([]) -> 0;
sum([N | Rest]) -> N + sum(Rest).

depth(0) -> 0;
depth(N) -> 1 + depth(N - 1).

grow_and_drop([]) -> ok;
grow_and_drop([N | Rest]) ->
    _ = sum_flat(build(N, []), 0),
    nothing(500),
    grow_and_drop(Rest).

sum_flat([], Sum) -> Sum;
sum_flat([N | Rest], Sum) -> sum_flat(Rest, Sum + N).

live_and_churn(Live, Rounds, Garbage) ->
    List = build(Live, []),
    churn(Rounds, Garbage),
    sum_flat(List, 0).

churn(0, _) -> ok;
churn(Rounds, Garbage) ->
    _ = sum_flat(build(Garbage, []), 0),
    churn(Rounds - 1, Garbage).

shrinking(_, 0) -> ok;
shrinking(List, Rounds) ->
    Half = half(List),
    nothing(1000),
    shrinking(Half, Rounds - 1).

half([A, _ | Rest]) -> [A | half(Rest)];
half(Rest) -> Rest.

large_old(List, Rounds) ->
    churn(Rounds, 100),
    sum_flat(List, 0).

floats(0, _, List) -> List;
floats(N, Value, List) -> floats(N - 1, Value * 1.0009, [Value | List]).

queue(Rounds, Length) -> queue(Rounds, Length, [], []).

queue(0, _, _, _) -> ok;
queue(N, Length, In, []) -> queue(N - 1, Length, [], turn(In, [N]));
queue(N, Length, In, [_ | Out]) when N rem Length =:= 0 -> queue(N - 1, Length, In, Out);
queue(N, Length, In, Out) when N rem 3 =:= 0 -> queue(N - 1, Length, [N | In], tl(Out));
queue(N, Length, In, Out) -> queue(N - 1, Length, [{N, In == []} | In], Out).

turn([], Out) -> Out;
turn([Head | Rest], Out) -> turn(Rest, [Head | Out]).

nothing(0) -> ok;
nothing(N) ->
    {_, _, _} = dropped(N),
    nothing(N - 1).

%% Natives that find no room on the heap build in fragments.
fragments(0, List) -> List;
fragments(N, List) ->
    Text = integer_to_list(N * 1000000007),
    fragments(N - 1, [Text, list_to_tuple(Text) | List]).

large_fragments(0, List) -> List;
large_fragments(N, List) ->
    Tuple = erlang:make_tuple(37 * N, N),
    Kept = if N rem 2 =:= 0 -> [Tuple | List]; true -> List end,
    nothing(9 * N),
    large_fragments(N - 1, Kept).

asks(0, _, List) -> List;
asks(N, Length, List) ->
    More = [build(Length, []) | List],
    erlang:garbage_collect(),
    Kept = if N rem 7 =:= 0 -> []; true -> More end,
    asks(N - 1, Length + 20, Kept).

asks_minor(0, _, List) -> List;
asks_minor(N, Length, List) ->
    More = [build(Length, []) | List],
    erlang:garbage_collect(self(), [{type, minor}]),
    Kept = if N rem 7 =:= 0 -> []; true -> More end,
    asks_minor(N - 1, Length + 20, Kept).

postponed(0, List) -> List;
postponed(N, List) ->
    nothing(100),
    postponed(N - 1, [N, N, N, N, N | List]).

%% A pseudo-random course of growing, dropping and recursing.
mixed(_, 0, List) -> List;
mixed(Seed, Rounds, List) ->
    Next = (Seed * 69069 + 12345) rem 1000003,
    Size = Next rem 700,
    Kept =
        case Next rem 5 of
            0 -> [];
            1 -> [wide(Size rem 40, []) | List];
            2 -> [deep(Size) | List];
            3 -> nothing(Size), List;
            4 -> [floats(Size, 1.5, []) | half(List)]
        end,
    mixed(Next, Rounds - 1, Kept).

%% Full sweeps that find each of these numbers of live words, after some garbage.
around(Words, Last, _, _) when Words > Last -> ok;
around(Words, Last, Garbage, _) ->
    Kept = words(Words),
    nothing(Garbage div 4),
    erlang:garbage_collect(),
    erlang:garbage_collect(),
    around(Words + 1, Last, Garbage, Kept).

words(N) when N rem 2 =:= 0 -> build(N div 2, []);
words(N) -> [{N, N} | build((N - 5) div 2, [])].

%% A young live set about a ninth of a large old block, where the rule that spares a young block
%% for the sake of the old one begins.
middling(Old, Words) ->
    List = build(Old, []),
    Live = build(Words div 2, []),
    nothing(60000),
    sum_flat(List, sum_flat(Live, 0)).

%% A random course through the rules, the same for the same seed: its options and its program.
random(Seed) ->
    Number = Seed * 7919 + 17,
    Sweep = element(1 + Number rem 6, {65535, 65535, 65535, 1, 3, 8}),
    Minimum = element(1 + Number rem 7, {233, 233, 233, 233, 300, 1200, 5000}),
    Rounds = 5 + Number rem 30,
    Scale = 30 + Number rem 400,
    {[{fullsweep_after, Sweep}, {min_heap_size, Minimum}],
     fun() -> course(Number rem 1000003, Scale, Rounds, []) end}.

course(_, _, 0, Kept) -> Kept;
course(Seed, Scale, Rounds, Kept) ->
    Next = (Seed * 69069 + 12345) rem 1000003,
    Size = 1 + (Next div 16) rem Scale,
    Left =
        case Next rem 16 of
            0 -> [];
            1 -> [];
            2 -> [build(Size * 9, []) | Kept];
            3 -> [build(Size, []) | Kept];
            4 -> nothing(Size * 3), Kept;
            5 -> churn(Size rem 20, Scale), Kept;
            6 -> [wide(Size rem 30, []) | half(Kept)];
            7 -> [wider(Size) | Kept];
            8 -> [wider(Size), widest(Size) | Kept];
            9 -> _ = wider(Size), Kept;
            10 -> _ = widest(Size), Kept;
            11 -> _ = widest(Size), half(Kept);
            12 -> _ = depth(Size * 4), Kept;
            13 -> [deep(Size) | Kept];
            14 -> _ = sum(deep(Size * 9)), [];
            15 -> half(Kept)
        end,
    course(Next, Scale, Rounds - 1, Left).

wider(N) ->
    {N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N}.

widest(N) ->
    {N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,
     N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N,N}.
