%% Recursion half a million frames deep that is no tail call: the stack grows to megabytes, is scanned
%% and moved, and shrinks again.
-module(deep_recursion).
-export([main/0, main/1, run/1]).

main() -> run(500000).
main([Size]) -> run(list_to_integer(Size)).

%% Size: depth, five times over. The answer: the sum of the elements of the lists built.
run(Size) -> rounds(5, Size, 0).

rounds(0, _, Sum) -> Sum;
rounds(Round, Size, Sum) ->
    List = descend(Size, Round),
    rounds(Round - 1, Size, Sum + add(List)).

%% Each frame keeps a boxed term of its own alive until the way back.
descend(0, _) -> [];
descend(Depth, Round) ->
    Kept = {Depth, Round},
    Rest = descend(Depth - 1, Round),
    [weight(Kept) | Rest].

weight({Depth, Round}) -> (Depth * Round) rem 1009.

%% Deep as well: no accumulator.
add([]) -> 0;
add([Head | Tail]) -> Head + add(Tail).
