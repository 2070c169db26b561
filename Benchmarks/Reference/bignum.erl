%% Arithmetic with integers of many decimal digits.
%% erl -noshell -pa DIR -run bignum main REPETITIONS bignum/multiply/100 ...
-module(bignum).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure(Name, Repetitions) ->
    ["bignum", What, DigitsText] = string:split(Name, "/", all),
    Digits = list_to_integer(DigitsText),
    Left = power(10, Digits) div 7,
    Right = power(10, Digits) div 13,
    Product = Left * Right + 1,
    Count = count(Digits),
    Work = case What of
               "multiply" -> fun() -> multiply(Count, Left, Right, 0) end;
               "divide" -> fun() -> divide(Count, Product, Right, 0) end;
               "print" -> fun() -> print(Count, Left, <<>>) end
           end,
    [_WarmUp | Timed] = Runs =
        [rows:in_process([], fun() -> timed(Work) end) || _ <- lists:seq(0, Repetitions)],
    [Check] = lists:usort([Answer || {_, Answer} <- Runs]),
    rows:row(Name, "ns/op", [Time / Count || {Time, _} <- Timed], Check).

%% How often an operation is repeated for one sample.
count(100) -> 50000;
count(1000) -> 2000;
count(10000) -> 40.

multiply(0, _, _, Last) -> Last rem 1000003;
multiply(Count, Left, Right, _) -> multiply(Count - 1, Left, Right, Left * Right).

divide(0, _, _, Last) -> Last rem 1000003;
divide(Count, Left, Right, _) -> divide(Count - 1, Left, Right, Left div Right).

print(0, _, Last) -> byte_size(Last) * 1000 + binary:last(Last);
print(Count, Left, _) -> print(Count - 1, Left, integer_to_binary(Left)).

timed(Work) ->
    Start = erlang:monotonic_time(),
    Answer = Work(),
    Time = erlang:monotonic_time() - Start,
    {erlang:convert_time_unit(Time, native, nanosecond), Answer}.

power(_, 0) -> 1;
power(Base, Exponent) -> Base * power(Base, Exponent - 1).
