%% Primes by filtering lists: each pass builds a slightly shorter copy of the last one.
-module(sieve).
-export([main/0, main/1, run/1]).

main() -> run(500000).
main([Size]) -> run(list_to_integer(Size)).

%% Size: the limit. The answer: how many primes, the largest, and a digest of all.
run(Size) ->
    Primes = [2 | sift(odd_numbers(3, Size), Size)],
    summary(Primes, 0, 0, 0).

%% A prime whose square is above the limit has nothing left to strike.
sift([Prime | Rest], Limit) when Prime * Prime =< Limit ->
    [Prime | sift([X || X <- Rest, X rem Prime =/= 0], Limit)];
sift(Primes, _) -> Primes.

odd_numbers(From, To) when From > To -> [];
odd_numbers(From, To) -> [From | odd_numbers(From + 2, To)].

summary([], Count, Largest, Digest) -> {Count, Largest, Digest};
summary([Prime | Rest], Count, _, Digest) ->
    summary(Rest, Count + 1, Prime, (Digest * 31 + Prime) rem 1000000007).
