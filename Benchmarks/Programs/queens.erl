%% All ways to put N queens on an N by N board, each kept as a list of columns.
-module(queens).
-export([main/0, main/1, run/1]).

main() -> run(11).
main([Size]) -> run(list_to_integer(Size)).

%% Size: queens. The answer: how many solutions, and a digest of them in the order found.
run(Size) ->
    Solutions = rows(Size, Size, [[]]),
    {count(Solutions, 0), digest(Solutions, 0)}.

%% All boards with one more row filled, row after row.
rows(0, _, Boards) -> Boards;
rows(Row, Size, Boards) -> rows(Row - 1, Size, extend(Boards, Size)).

extend([], _) -> [];
extend([Board | Boards], Size) -> place(Size, Board, extend(Boards, Size)).

place(0, _, Found) -> Found;
place(Column, Board, Found) ->
    case is_safe(Column, 1, Board) of
        true -> place(Column - 1, Board, [[Column | Board] | Found]);
        false -> place(Column - 1, Board, Found)
    end.

is_safe(_, _, []) -> true;
is_safe(Column, Distance, [Queen | Board]) ->
    Column =/= Queen andalso
        Column + Distance =/= Queen andalso
        Column - Distance =/= Queen andalso
        is_safe(Column, Distance + 1, Board).

count([], Count) -> Count;
count([_ | Rest], Count) -> count(Rest, Count + 1).

digest([], Sum) -> Sum;
digest([Board | Boards], Sum) -> digest(Boards, columns(Board, Sum)).

columns([], Sum) -> Sum;
columns([Column | Rest], Sum) -> columns(Rest, (Sum * 31 + Column) rem 1000000007).
