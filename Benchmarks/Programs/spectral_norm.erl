%% Spectral norm of an infinite matrix cut to N by N, by the power method: float dot products
%% over lists.
-module(spectral_norm).
-export([main/0, main/1, run/1]).

main() -> run(400).
main([Size]) -> run(list_to_integer(Size)).

%% Size: rows of the matrix. The answer: the norm in units of 10^-9, rounded.
run(Size) ->
    {U, V} = power(10, Size, ones(Size), []),
    round(square_root(dot(U, V, 0.0) / dot(V, V, 0.0)) * 1.0e9).

power(0, _, U, V) -> {U, V};
power(Round, Size, U, _) ->
    V = times_both(Size, U),
    power(Round - 1, Size, times_both(Size, V), V).

times_both(Size, Vector) ->
    columns(0, Size, rows(0, Size, Vector)).

rows(Row, Size, _) when Row =:= Size -> [];
rows(Row, Size, Vector) -> [row(Row, 0, Vector, 0.0) | rows(Row + 1, Size, Vector)].

columns(Column, Size, _) when Column =:= Size -> [];
columns(Column, Size, Vector) ->
    [column(0, Column, Vector, 0.0) | columns(Column + 1, Size, Vector)].

row(_, _, [], Sum) -> Sum;
row(Row, Column, [Value | Rest], Sum) ->
    row(Row, Column + 1, Rest, Sum + Value / entry(Row, Column)).

column(_, _, [], Sum) -> Sum;
column(Row, Column, [Value | Rest], Sum) ->
    column(Row + 1, Column, Rest, Sum + Value / entry(Row, Column)).

%% The entry's reciprocal.
entry(Row, Column) -> (Row + Column) * (Row + Column + 1) div 2 + Row + 1.

dot([], [], Sum) -> Sum;
dot([A | As], [B | Bs], Sum) -> dot(As, Bs, Sum + A * B).

ones(0) -> [];
ones(Count) -> [1.0 | ones(Count - 1)].

%% Newton's rule from above: falls until rounding stops it.
square_root(Square) when is_float(Square) -> newton(Square, (Square + 1.0) * 0.5).

newton(Square, Guess) when is_float(Square), is_float(Guess) ->
    Next = (Guess + Square / Guess) * 0.5,
    case Next < Guess of
        true -> newton(Square, Next);
        false -> Guess
    end.
