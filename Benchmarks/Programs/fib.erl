%% Doubly recursive Fibonacci numbers: calls, returns and small-integer arithmetic.
%% Allocates no heap words; the stack stays SIZE frames deep.
-module(fib).
-export([main/0, main/1, run/1]).

main() -> run(34).
main([Size]) -> run(list_to_integer(Size)).

%% Size: which Fibonacci number. The answer is that number.
run(Size) -> fib(Size).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).
