%% Pancake flips over all permutations (Anderson and Rettig 1994): prefixes of short lists
%% reversed and rotated, everything short-lived.
-module(fannkuch).
-export([main/0, main/1, run/1]).

main() -> run(9).
main([Size]) -> run(list_to_integer(Size)).

%% Size: elements permuted. The answer: alternating sum of flips, most flips of one permutation.
run(Size) ->
    {_, _, Sum, Most} = permute(Size, from_to(1, Size), 1, 0, 0),
    {Sum, Most}.

%% Visits every order of the first R elements, and leaves the list as it was.
permute(1, List, Sign, Sum, Most) ->
    Flips = flips(List, 0),
    {List, -Sign, Sum + Sign * Flips, max_of(Flips, Most)};
permute(R, List, Sign, Sum, Most) -> turns(R, R, List, Sign, Sum, Most).

turns(0, _, List, Sign, Sum, Most) -> {List, Sign, Sum, Most};
turns(Turn, R, List, Sign, Sum, Most) ->
    {[First | Rest], Sign1, Sum1, Most1} = permute(R - 1, List, Sign, Sum, Most),
    turns(Turn - 1, R, insert(R - 1, First, Rest), Sign1, Sum1, Most1).

insert(0, Element, List) -> [Element | List];
insert(Place, Element, [Head | Tail]) -> [Head | insert(Place - 1, Element, Tail)].

flips([1 | _], Flips) -> Flips;
flips([First | _] = List, Flips) -> flips(flip(First, List, []), Flips + 1).

%% Reverses the first Count elements: Taken is those before, reversed.
flip(0, List, Taken) -> append(Taken, List);
flip(Count, [Head | Tail], Taken) -> flip(Count - 1, Tail, [Head | Taken]).

append([], Other) -> Other;
append([Head | Tail], Other) -> [Head | append(Tail, Other)].

max_of(A, B) when A >= B -> A;
max_of(_, B) -> B.

from_to(From, To) when From > To -> [];
from_to(From, To) -> [From | from_to(From + 1, To)].
