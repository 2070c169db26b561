%% Takeuchi's function: calls of three arguments, deep but narrow.
-module(tak).
-export([main/0, main/1, run/1]).

main() -> run(9).
main([Size]) -> run(list_to_integer(Size)).

%% Size: the three arguments are 3, 2 and 1 times Size.
%% The answer is the value and how many calls it took.
run(Size) -> tak(3 * Size, 2 * Size, Size, 0).

%% The count of calls travels through so that a wrong branch shows in the answer.
tak(X, Y, Z, Calls) when Y >= X -> {Z, Calls + 1};
tak(X, Y, Z, Calls) ->
    {A, Calls1} = tak(X - 1, Y, Z, Calls + 1),
    {B, Calls2} = tak(Y - 1, Z, X, Calls1),
    {C, Calls3} = tak(Z - 1, X, Y, Calls2),
    tak(A, B, C, Calls3).
