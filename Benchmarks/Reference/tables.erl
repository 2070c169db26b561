%% Operations on tables in memory.
%% erl -noshell -pa DIR -run tables main REPETITIONS ets/set/lookup/10000/shuffled ...
-module(tables).
-export([main/1]).

main(Arguments) -> rows:script(Arguments, fun measure/2).

measure(Name, Repetitions) ->
    case string:split(Name, "/", all) of
        ["ets", "compressed", Work, Size] ->
            compressed(Name, Work, list_to_integer(Size), Repetitions);
        ["ets", Type, "words", Size] -> words(Name, list_to_atom(Type), list_to_integer(Size));
        ["ets", Type, "end", Size] ->
            'end'(Name, list_to_atom(Type), list_to_integer(Size), Repetitions);
        ["ets", Type, Walk, Size] ->
            walk(Name, Walk, list_to_atom(Type), list_to_integer(Size), Repetitions);
        ["ets", "set", "mix", Threads, Reads, Keys] ->
            mix(Name, list_to_integer(Threads), list_to_integer(Reads), Keys, Repetitions);
        ["ets", Type, Operation, Size, Order] ->
            Count = list_to_integer(Size),
            Keys = keys(Count, Order),
            timed(Name, "ns/operation", Repetitions, fun() ->
                operation(Operation, list_to_atom(Type), Count, Keys)
            end)
    end.

%% Objects with strings, lists and tuples in a compressed table.
compressed(Name, Work, Size, Repetitions) ->
    Unit = case Work of "words" -> "words/object"; _ -> "ns/operation" end,
    timed(Name, Unit, Repetitions, fun() ->
        Table = ets:new(t, [set, compressed]),
        Insertion = rows:elapsed(fun() -> fill_compressed(Table, 0, Size) end),
        case Work of
            "words" -> {ets:info(Table, memory) / Size, Size};
            "insert" -> {Insertion / Size, Size};
            "lookup" ->
                Start = erlang:monotonic_time(),
                Sum = sum_compressed(Table, 0, Size, 0),
                Time = erlang:monotonic_time() - Start,
                {erlang:convert_time_unit(Time, native, nanosecond) / Size, Sum}
        end
    end).

fill_compressed(_, Size, Size) -> ok;
fill_compressed(Table, Number, Size) ->
    Inner = {ok, Number, lists:seq(1, 8)},
    ets:insert(Table, {Number, integer_to_list(1000000000 + Number), Inner}),
    fill_compressed(Table, Number + 1, Size).

sum_compressed(_, Size, Size, Sum) -> Sum;
sum_compressed(Table, Number, Size, Sum) ->
    [{_, _, {ok, Value, _}}] = ets:lookup(Table, Number),
    sum_compressed(Table, Number + 1, Size, Sum + Value).

%% Work answers {Nanoseconds for one, Check}.
timed(Name, Unit, Repetitions, Work) ->
    Runs = [rows:in_process([], Work) || _ <- lists:seq(0, Repetitions)],
    [_WarmUp | Timed] = Runs,
    [Check] = lists:usort([Answer || {_, Answer} <- Runs]),
    rows:row(Name, Unit, [Time || {Time, _} <- Timed], Check).

keys(Count, "ordered") -> lists:seq(0, Count - 1);
keys(Count, "shuffled") ->
    shuffle(Count - 1, 1, list_to_tuple(lists:seq(0, Count - 1)), ets:new(swaps, [set])).

%% The swaps of a shuffle, in a table while they are made.
shuffle(Last, State, Keys, Table) ->
    [ets:insert(Table, {I - 1, element(I, Keys)}) || I <- lists:seq(1, Last + 1)],
    swap(Last, State, Table),
    Shuffled = [element(2, hd(ets:lookup(Table, I))) || I <- lists:seq(0, Last)],
    ets:delete(Table),
    Shuffled.

swap(0, _, _) -> ok;
swap(Index, State, Table) ->
    Next = (State * 1103515245 + 12345) band 16#7FFFFFFF,
    Other = (Next bsr 8) rem (Index + 1),
    [{_, A}] = ets:lookup(Table, Index),
    [{_, B}] = ets:lookup(Table, Other),
    ets:insert(Table, [{Index, B}, {Other, A}]),
    swap(Index - 1, Next, Table).

operation(Operation, Type, Count, Keys) ->
    Table = ets:new(t, [Type]),
    Rounds = max(1, 1000000 div Count),
    {Time, Check} = rounds(Operation, Table, Keys, Rounds),
    {Time / (Rounds * Count), Check}.

rounds("insert", Table, Keys, Rounds) ->
    lists:foldl(fun(_, {Time, Check}) ->
        More = rows:elapsed(fun() -> fill(Table, Keys) end),
        Size = ets:info(Table, size),
        ets:delete_all_objects(Table),
        {Time + More, Check + Size}
    end, {0, 0}, lists:seq(1, Rounds));
rounds("delete", Table, Keys, Rounds) ->
    lists:foldl(fun(_, {Time, Check}) ->
        fill(Table, Keys),
        More = rows:elapsed(fun() -> delete(Table, Keys) end),
        Size = ets:info(Table, size),
        ets:delete_all_objects(Table),
        {Time + More, Check + Size}
    end, {0, 0}, lists:seq(1, Rounds));
rounds(Operation, Table, Keys, Rounds) ->
    fill(Table, Keys),
    erlang:garbage_collect(),
    Start = erlang:monotonic_time(),
    Check = repeat(Operation, Table, Keys, Rounds, 0),
    Time = erlang:monotonic_time() - Start,
    {erlang:convert_time_unit(Time, native, nanosecond), Check}.

repeat(_, _, _, 0, Sum) -> Sum;
repeat("lookup" = O, Table, Keys, Rounds, Sum) ->
    repeat(O, Table, Keys, Rounds - 1, lookup(Table, Keys, Sum));
repeat("next" = O, Table, Keys, Rounds, Sum) ->
    repeat(O, Table, Keys, Rounds - 1, next(Table, Keys, Sum));
repeat("member" = O, Table, Keys, Rounds, Sum) ->
    repeat(O, Table, Keys, Rounds - 1, member(Table, Keys, Sum));
repeat("lookup_element" = O, Table, Keys, Rounds, Sum) ->
    repeat(O, Table, Keys, Rounds - 1, lookup_element(Table, Keys, Sum));
repeat("update_counter" = O, Table, Keys, Rounds, Sum) ->
    repeat(O, Table, Keys, Rounds - 1, update_counter(Table, Keys, Sum)).

fill(_, []) -> ok;
fill(Table, [Key | Keys]) ->
    ets:insert(Table, {Key, Key}),
    fill(Table, Keys).

delete(_, []) -> ok;
delete(Table, [Key | Keys]) ->
    ets:delete(Table, Key),
    delete(Table, Keys).

lookup(_, [], Sum) -> Sum;
lookup(Table, [Key | Keys], Sum) ->
    [{_, Value}] = ets:lookup(Table, Key),
    lookup(Table, Keys, Sum + Value).

next(_, [], Sum) -> Sum;
next(Table, [Key | Keys], Sum) ->
    case ets:next(Table, Key) of
        '$end_of_table' -> next(Table, Keys, Sum);
        Next -> next(Table, Keys, Sum + Next)
    end.

member(_, [], Sum) -> Sum;
member(Table, [Key | Keys], Sum) ->
    true = ets:member(Table, Key),
    member(Table, Keys, Sum + 1).

lookup_element(_, [], Sum) -> Sum;
lookup_element(Table, [Key | Keys], Sum) ->
    lookup_element(Table, Keys, Sum + ets:lookup_element(Table, Key, 2)).

update_counter(_, [], Sum) -> Sum;
update_counter(Table, [Key | Keys], Sum) ->
    update_counter(Table, Keys, Sum + ets:update_counter(Table, Key, {2, 1})).

walk(Name, Walk, Type, Count, Repetitions) ->
    Keys = keys(Count, "shuffled"),
    timed(Name, "ns/object", Repetitions, fun() ->
        Table = ets:new(t, [Type]),
        fill(Table, Keys),
        erlang:garbage_collect(),
        Start = erlang:monotonic_time(),
        Answer = walk(Walk, Table, Count),
        Time = erlang:monotonic_time() - Start,
        {erlang:convert_time_unit(Time, native, nanosecond) / Count, Answer}
    end).

walk("list", Table, _) -> length(ets:tab2list(Table));
walk("foldl", Table, _) -> ets:foldl(fun({_, Value}, Sum) -> Sum + Value end, 0, Table);
walk("select", Table, _) -> length(ets:select(Table, [{{'_', '$2'}, [], ['$_']}]));
walk("select_guard", Table, Count) ->
    length(ets:select(Table, [{{'_', '$2'}, [{'<', '$2', Count div 2}], ['$_']}])).

%% Processes on one table, each with operations of its own that were chosen before.
mix(Name, Threads, Reads, Keys, Repetitions) ->
    Size = 100000,
    Operations = 1000000,
    timed(Name, "ns/operation", Repetitions, fun() ->
        Table = ets:new(t, [public, {write_concurrency, true}, {read_concurrency, true}]),
        fill(Table, lists:seq(0, Size - 1)),
        Self = self(),
        Workers = [spawn_link(fun() ->
            rand:seed(exsss, Thread),
            Plan = plan(Operations, Size, Reads, Keys),
            Self ! ready,
            receive go -> ok end,
            run(Table, Plan),
            Self ! done
        end) || Thread <- lists:seq(1, Threads)],
        [receive ready -> ok end || _ <- Workers],
        Time = rows:elapsed(fun() ->
            [Worker ! go || Worker <- Workers],
            [receive done -> ok end || _ <- Workers]
        end),
        ets:delete(Table),
        {Time / (Threads * Operations), Threads * Operations}
    end).

plan(0, _, _, _) -> [];
plan(Count, Size, Reads, Keys) ->
    Key = case Keys of
        "uniform" -> trunc(rand:uniform() * Size);
        "zipf" -> trunc(math:exp(rand:uniform() * math:log(Size))) - 1
    end,
    Operation = case rand:uniform() * 100 < Reads of true -> Key; false -> -1 - Key end,
    [Operation | plan(Count - 1, Size, Reads, Keys)].

run(_, []) -> ok;
run(Table, [Key | Plan]) when Key >= 0 ->
    [_] = ets:lookup(Table, Key),
    run(Table, Plan);
run(Table, [Write | Plan]) ->
    Key = -1 - Write,
    ets:insert(Table, {Key, Key}),
    run(Table, Plan).

words(Name, Type, Count) ->
    Table = ets:new(t, [Type]),
    fill(Table, lists:seq(0, Count - 1)),
    rows:row(Name, "words/object", [ets:info(Table, memory) / Count], Count).

'end'(Name, Type, Count, Repetitions) ->
    Keys = lists:seq(0, Count - 1),
    timed(Name, "us", Repetitions, fun() ->
        Table = ets:new(t, [Type]),
        fill(Table, Keys),
        {rows:elapsed(fun() -> ets:delete(Table) end) / 1000, Count}
    end).
