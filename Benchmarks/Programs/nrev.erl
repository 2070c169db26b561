%% Naive reverse: quadratic appending, so nearly every cell dies at once.
-module(nrev).
-export([main/0, main/1, run/1]).

main() -> run(500).
main([Size]) -> run(list_to_integer(Size)).

%% Size: elements of the list, and how many times it is reversed.
%% About Size^3 / 2 cells are built. The answer weighs each element with its place.
run(Size) ->
    List = from_to(1, Size),
    rounds(Size, List, List).

rounds(0, _, Reversed) -> weigh(Reversed, 1, 0);
rounds(Round, List, _) -> rounds(Round - 1, List, reverse(List)).

reverse([]) -> [];
reverse([Head | Tail]) -> append(reverse(Tail), [Head]).

append([], Other) -> Other;
append([Head | Tail], Other) -> [Head | append(Tail, Other)].

from_to(From, To) when From > To -> [];
from_to(From, To) -> [From | from_to(From + 1, To)].

weigh([], _, Sum) -> Sum;
weigh([Element | Rest], Place, Sum) ->
    weigh(Rest, Place + 1, (Sum + Element * Place) rem 1000000007).
