%% Factorials as bignums: by multiplying with small factors, by a balanced product of large
%% ones, and taken apart again by division.
-module(factorial).
-export([main/0, main/1, run/1]).

main() -> run(1000).
main([Size]) -> run(list_to_integer(Size)).

%% Size: the number whose factorial is taken, twenty times over.
%% The answer: did both ways agree, decimal digits, remainder by a prime, sum of the digits.
run(Size) -> rounds(20, Size, none).

rounds(0, _, Answer) -> Answer;
rounds(Round, Size, _) ->
    Factorial = upward(1, Size, 1),
    Agree = Factorial =:= product(1, Size),
    {Digits, DigitSum} = digits(Factorial, 0, 0),
    rounds(Round - 1, Size, {Agree, Digits, Factorial rem 2147483647, DigitSum}).

upward(Factor, Last, Product) when Factor > Last -> Product;
upward(Factor, Last, Product) -> upward(Factor + 1, Last, Product * Factor).

product(First, Last) when First > Last -> 1;
product(First, First) -> First;
product(First, Last) ->
    Middle = (First + Last) div 2,
    product(First, Middle) * product(Middle + 1, Last).

digits(0, Count, Sum) -> {Count, Sum};
digits(Number, Count, Sum) -> digits(Number div 10, Count + 1, Sum + Number rem 10).
