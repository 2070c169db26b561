%% Quicksort of lists of pseudo-random numbers: three-way partition, appending.
-module(quicksort).
-export([main/0, main/1, run/1]).

main() -> run(100000).
main([Size]) -> run(list_to_integer(Size)).

%% Size: numbers in each of the five lists sorted.
%% The answer: are all sorted, and a digest of the numbers with their places.
run(Size) -> rounds(5, Size, 42, true, 0).

rounds(0, _, _, Sorted, Digest) -> {Sorted, Digest};
rounds(Round, Size, Seed, Sorted, Digest) ->
    {List, NextSeed} = random_list(Size, Seed, []),
    Result = sort(List),
    rounds(Round - 1, Size, NextSeed,
           Sorted and is_sorted(Result), weigh(Result, 1, Digest)).

sort([]) -> [];
sort([Pivot | Rest]) ->
    {Below, Equal, Above} = partition(Pivot, Rest, [], [Pivot], []),
    append(sort(Below), append(Equal, sort(Above))).

partition(_, [], Below, Equal, Above) -> {Below, Equal, Above};
partition(Pivot, [X | Rest], Below, Equal, Above) when X < Pivot ->
    partition(Pivot, Rest, [X | Below], Equal, Above);
partition(Pivot, [X | Rest], Below, Equal, Above) when X > Pivot ->
    partition(Pivot, Rest, Below, Equal, [X | Above]);
partition(Pivot, [X | Rest], Below, Equal, Above) ->
    partition(Pivot, Rest, Below, [X | Equal], Above).

append([], Other) -> Other;
append([Head | Tail], Other) -> [Head | append(Tail, Other)].

is_sorted([A | [B | _] = Rest]) when A =< B -> is_sorted(Rest);
is_sorted([_, _ | _]) -> false;
is_sorted(_) -> true.

weigh([], _, Sum) -> Sum;
weigh([Element | Rest], Place, Sum) ->
    weigh(Rest, Place + 1, (Sum * 31 + Element * Place) rem 1000000007).

%% The minimal standard generator (Park and Miller 1988): products stay below 2^45, no bignums.
random_list(0, Seed, List) -> {List, Seed};
random_list(Count, Seed, List) ->
    Next = Seed * 16807 rem 2147483647,
    random_list(Count - 1, Next, [Next rem 1000000 | List]).
