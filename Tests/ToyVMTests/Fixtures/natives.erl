%% Calls of native functions in groups. `results(N)` makes the calls of the N-th group and returns
%% their results, {Class, Reason} for an exception; `record/0` prints the calls with their results.
%% Written anew by: erlc +deterministic +no_debug_info natives.erl
%%                  erl -noshell -s natives record -s init stop > natives.txt
-module(natives).
-export([groups/0, results/1, record/0]).
-export([id/1, id/2, self_checks/1, dictionary/0, value_keys/0, erasing/0, raised/3, local_fun/1,
         subtract_large/0, zero_keys/0, append_large/0, times/0, unique/0, collected/0, module_items/1,
         updated/2, updated_exactly/2, looked_up/1, wide_map/1, shared/0, called_as_fun/1, to_and_from/2]).

groups() -> 18.

results(N) -> [perform(Call) || Call <- calls(N)].

record() ->
    ok = io:setopts([{encoding, unicode}]),
    [io:format("~w\t~w\t~w~n", [N, Call, perform(Call)]) ||
        N <- seq(1, groups()), Call <- calls(N)].

calls(1) -> tuples();
calls(2) -> funs();
calls(3) -> lists();
calls(4) -> integers();
calls(5) -> big_integers();
calls(6) -> floats();
calls(7) -> float_texts();
calls(8) -> atoms();
calls(9) -> bytes();
calls(10) -> kinds();
calls(11) -> operators();
calls(12) -> numbers();
calls(13) -> maps();
calls(14) -> many_keys();
calls(15) -> own_process();
calls(16) -> raising();
calls(17) -> large();
calls(18) -> number_prefixes().

perform({M, F, Arguments}) ->
    try
        case Arguments of
            [] -> M:F();
            [A] -> M:F(A);
            [A, B] -> M:F(A, B);
            [A, B, C] -> M:F(A, B, C)
        end
    catch Class:Reason -> {Class, Reason}
    end.

id(X) -> X.
id(X, _) -> X.

number_prefixes() ->
    Integers = ["12ab", "+5x", "-7", "-x", "x", "", [a], a, [$1 | b], [$1, 300], ["12"], "99999999999999999999999x", "0012", "1.5", "--1", "+", <<"1">>],
    Floats = ["1.5e3x", "1", a, "1.0", "-1.5e", "1.5e+3", "1.5e+", "1.e3", ".5", [$1, $., $5, 300], "+2.5", "1.0e400", "-0.0z", "1.5e-2e", "12.34.5", "", "e", [$1, $. | x]],
    [{string, list_to_integer, [T]} || T <- Integers] ++ [{string, list_to_float, [T]} || T <- Floats] ++
    [{erts_internal, beamfile_chunk, [B, N]} || B <- [<<"foo">>, <<>>, foo, <<"FOR1", 4:32, "BEAM">>, <<"FOR1", 20:32, "BEAM", "Code", 3:32, "abc", 0>>, <<"FOR1", 20:32, "BEAM", "Code", 30:32, "abc", 0>>],
        N <- ["Code", "Cod", foo, [300, 1, 2, 3], "Atom"]] ++
    [{?MODULE, shared, []}].

shared() ->
    %% What is built when it runs: sizes of literals are another matter.
    L = seq(1, 3),
    T = id({L, L, [L | L]}),
    {erts_debug:size_shared(T), erts_debug:flat_size(T), erts_debug:size_shared(id([])), erts_debug:size_shared(list_to_tuple(L))}.

tuples() ->
    [{erlang, F, A} || {F, A} <-
        [{element, [1, {a, b}]}, {element, [3, {a, b}]}, {element, [0, {a}]}, {element, [a, {a}]},
         {element, [1, a]}, {setelement, [2, {a, b, c}, x]}, {setelement, [0, {a}, x]},
         {setelement, [2, {a}, x]}, {setelement, [1, {}, x]}, {setelement, [1, [], x]},
         {setelement, [1.0, {a}, x]}, {tuple_size, [{}]}, {tuple_size, [{a, b}]},
         {tuple_size, [[]]}, {size, [{a, b, c}]}, {size, [<<1, 2>>]}, {size, [a]},
         {tuple_to_list, [{}]}, {tuple_to_list, [{a, {b}, "c"}]}, {tuple_to_list, [a]},
         {list_to_tuple, [[]]}, {list_to_tuple, [[a, 1.5, {b}]]}, {list_to_tuple, [[a | b]]},
         {list_to_tuple, [a]}, {make_tuple, [0, x]}, {make_tuple, [3, {x}]},
         {make_tuple, [-1, x]}, {make_tuple, [16777216, x]}, {make_tuple, [a, x]},
         {make_tuple, [3, x, [{1, a}, {1, b}, {3, c}]]}, {make_tuple, [3, x, [{4, a}]]},
         {make_tuple, [3, x, [{1, a} | b]]}, {make_tuple, [3, x, [a]]},
         {make_tuple, [0, x, []]}, {make_tuple, [0, x, [{1, a}]]},
         {append_element, [{}, a]}, {append_element, [{a, b}, c]}, {append_element, [a, b]},
         {insert_element, [1, {a, b}, c]}, {insert_element, [3, {a, b}, c]},
         {insert_element, [4, {a, b}, c]}, {insert_element, [1, {}, c]},
         {insert_element, [0, {}, c]}, {delete_element, [1, {a, b}]}, {delete_element, [2, {a, b}]},
         {delete_element, [1, {a}]}, {delete_element, [2, {a}]}, {delete_element, [1, {}]},
         {hd, [[a, b]]}, {hd, [[]]}, {tl, [[a, b]]}, {tl, [a]}, {length, [[]]},
         {length, [[a, b]]}, {length, [[a | b]]}, {length, [a]}]]
    ++ [{erts_debug, flat_size, [T]} || T <- [a, {}, {a}, [a, b], {[1], <<1, 2, 3>>, 1.0}, #{a => 1}]]
    ++ [{erts_debug, same, [a, a]}, {erts_debug, same, [{a}, [a]]}].

funs() ->
    [{erlang, fun_info, [fun maps:map/2, I]} ||
        I <- [module, name, arity, env, type, index, uniq, new_index, pid, foo, 1]]
    ++ [{erlang, F, A} || {F, A} <-
        [{fun_info, [foo, arity]}, {make_fun, [lists, map, 2]}, {make_fun, [lists, map, 256]},
         {make_fun, [lists, map, -1]}, {make_fun, [lists, 1, 1]},
         {function_exported, [natives, call, 1]}, {function_exported, [natives, calls, 0]},
         {function_exported, [lists, reverse, 2]}, {function_exported, [nowhere, reverse, 2]},
         {function_exported, [natives, call, -1]}, {function_exported, [natives, 1, 1]},
         {is_function, [fun maps:map/2]}, {is_function, [fun maps:map/2, 2]},
         {is_function, [fun maps:map/2, 1]}, {is_function, [a, 1]}]]
    ++ [{?MODULE, local_fun, [I]} || I <- [module, arity, env, type]]
    ++ [{?MODULE, called_as_fun, [[a, b, c]]}].

local_fun(Item) ->
    X = id({Item}),
    Y = id([1]),
    erlang:fun_info(fun(Z) -> {X, Y, Z} end, Item).

called_as_fun(List) ->
    F = erlang:make_fun(lists, id(reverse), 2),
    F(List, tail).

lists() ->
    [{erlang, '++', A} || A <- [[[], []], [[], a], [[a], b], [[a, {b}], [c]], [[a | b], []],
                                [a, []], [[1, 2, 3], []]]]
    ++ [{erlang, F, [[a, b], [c]]} || F <- [append, subtract]]
    ++ [{erlang, '--', A} || A <-
        [[[], []], [[a], []], [[], [a]], [[a, b, a, c, a], [a, a]], [[a, b], [b, a]],
         [[1, 1.0, 2, 2.0], [1.0, 2]], [[{a}, "b", {a}, <<1>>], [<<1>>, {a}, x]],
         [[0.0, -0.0, 1], [-0.0]], [[a | b], []], [[], [a | b]], [a, []], [[], a],
         [[1, 2, 3, 4, 5, {6}, {7}, {8}], [{7}, 4, {6}, {6}, 1, 1]]]]
    ++ [{lists, F, A} || {F, A} <-
        [{reverse, [[a, b, c], []]}, {reverse, [[a, b], c]}, {reverse, [[], c]},
         {reverse, [[a | b], []]}, {reverse, [a, []]}, {member, [a, [b, a]]},
         {member, [a, []]}, {member, [1, [1.0, {1}]]}, {member, [{1}, [1.0, {1}]]},
         {member, [a, [b | c]]}, {member, [a, [a | c]]}, {member, [a, b]},
         {keyfind, [1, 2, [{a}, b, {a, 1.0}, {b, 1}]]}, {keyfind, [x, 1, [{a}]]},
         {keyfind, [x, 0, []]}, {keyfind, [x, a, []]}, {keyfind, [x, 1, [{a} | b]]},
         {keyfind, [x, 1, b]}, {keymember, ["k", 1, [{"j"}, {"k", v}]]},
         {keymember, [x, 1, []]}, {keymember, [x, -1, []]}, {keysearch, [b, 1, [{a}, {b, c}]]},
         {keysearch, [x, 1, [{a}, {b, c}]]}, {keysearch, [x, 1, [{a} | b]]}]].

large() -> [{?MODULE, subtract_large, []}, {?MODULE, append_large, []}].

seq(N, N) -> [N];
seq(N, M) -> [N | seq(N + 1, M)].

subtract_large() ->
    Left = seq(1, 300) ++ [{N} || N <- seq(1, 300)] ++ [float(N) || N <- seq(1, 100)],
    Right = [{N} || N <- seq(2, 290)] ++ seq(6, 300) ++ [float(N) || N <- seq(3, 99)],
    Left -- Right.

append_large() ->
    List = seq(1, 500) ++ seq(1, 500) ++ tail,
    {hd(List), improper_length(List, 0)}.

improper_length([_ | T], N) -> improper_length(T, N + 1);
improper_length(T, N) -> {T, N}.

integers() ->
    [{erlang, integer_to_list, [N]} || N <- [0, 7, -7, 576460752303423487, a, 1.0]]
    ++ [{erlang, integer_to_list, [-255, B]} || B <- [2, 10, 16, 36, 1, 37, a]]
    ++ [{erlang, integer_to_binary, A} || A <- [[0], [-12], [255, 16], [255, 40], [a]]]
    ++ [{erlang, list_to_integer, [L]} || L <- ["0", "-12", "+12", "007", "", "-", "1a", "+-1",
                                                " 1", "1_0", [49, a], [49 | 50], [300], a]]
    ++ [{erlang, list_to_integer, A} || A <- [["zZ", 36], ["ff", 16], ["2", 2], ["1", 1], ["1", 37]]]
    ++ [{erlang, binary_to_integer, A} || A <- [[<<"12">>], [<<"-FF">>, 16], [<<>>], [<<"x">>], [a]]].

%% Around the edges of small integers and of machine words.
big_integers() ->
    Numbers = [576460752303423487, 576460752303423488, -576460752303423488, -576460752303423489,
               9223372036854775807, 9223372036854775808, 18446744073709551615,
               18446744073709551616, -18446744073709551617, 123456789012345678901234567890],
    [{erlang, integer_to_list, [N]} || N <- Numbers]
    ++ [{erlang, integer_to_binary, [N, 16]} || N <- Numbers]
    ++ [{?MODULE, to_and_from, [N, B]} || N <- Numbers, B <- [2, 7, 10, 36]]
    ++ [{erlang, list_to_integer, ["-99999999999999999999999999999999999999999999999"]},
        {erlang, list_to_integer, ["000000000000000000000000000000000000000000000000001"]},
        {erlang, list_to_integer, ["99999999999999999999999999999999999999999999x"]}]
    ++ [{erlang, abs, [N]} || N <- [-576460752303423488, -18446744073709551617]]
    ++ [{erlang, '-', [N]} || N <- [-576460752303423488, 576460752303423488]]
    ++ [{erlang, 'bnot', [N]} || N <- [576460752303423487, -576460752303423488]]
    ++ [{erlang, F, [X]} || F <- [trunc, round, floor, ceil],
                            X <- [1.0e20, -1.0e20, 576460752303423488.0, 9007199254740993.0]]
    ++ [{erlang, float, [123456789012345678901234567890]}, {math, sqrt, [1 bsl 100]},
        {math, log, [1 bsl 2000]}, {erlang, float, [1 bsl 2000]}, {erlang, '/', [1 bsl 2000, 2]}].

to_and_from(N, Base) ->
    Text = integer_to_list(N, Base),
    {list_to_integer(Text, Base) =:= N, Text}.

floats() ->
    [{erlang, F, [X]} || F <- [abs, float, round, trunc, floor, ceil],
                         X <- [0, -3, 2.5, -2.5, 0.49999999999999994, -0.5, 1.0e15, a]]
    ++ [{math, F, [X]} || F <- [acos, acosh, asin, asinh, atan, atanh, ceil, cos, cosh, erf, erfc,
                                exp, floor, log, log10, log2, sin, sinh, sqrt, tan, tanh],
                          X <- [0, 1, 0.5, -1.5, 1000.0, a]]
    ++ [{math, F, A} || F <- [atan2, fmod, pow], A <- [[1, 2], [2.5, -1.5], [1, 0], [0, -1], [a, 1],
                                                       [1, a], [10, 400]]]
    ++ [{math, pi, []}].

float_texts() ->
    Floats = [0.0, -0.0, -0.001, 1.0, 0.5, 1.5, 2.5, 3.14159, 1.0e10, 1.0e22, 9007199254740992.0,
              -123.456, 1.0e300, 0.152, 36.162, 31.375, 0.0089828, 6.478844972237315, 0.99999999],
    Options = [[{decimals, 0}], [{decimals, 1}], [{decimals, 5}, compact], [{decimals, 0}, compact],
               [{decimals, 17}], [{decimals, 18}], [{decimals, 20}, compact], [{scientific, 3}],
               [short], [compact], [], [{decimals, 3}, {scientific, 2}], [short, {decimals, 3}]],
    [{erlang, float_to_list, [X, O]} || X <- Floats, O <- Options]
    ++ [{erlang, float_to_list, [1.5, O]} ||
           O <- [[{decimals, 253}], [{decimals, 254}], [{decimals, -1}], [{scientific, 249}],
                 [{scientific, 250}], [foo], foo, [compact | foo], [{decimals, a}], [{a, 1}]]]
    ++ [{erlang, float_to_list, [X]} || X <- [1.5, -0.1, 1, a]]
    ++ [{erlang, float_to_binary, A} || A <- [[1.5], [1.5, [short]], [0.1, [{decimals, 2}]], [a]]]
    ++ [{erlang, list_to_float, [L]} || L <- ["1.0", "-1.5e3", "+0.5E-2", "1", "1.", ".5", "1e3",
                                              "1.0e400", "", "a", a, "1.0 "]]
    ++ [{erlang, binary_to_float, [B]} || B <- [<<"1.5">>, <<"1">>, a]].

atoms() ->
    [{erlang, F, A} || {F, A} <-
        [{atom_to_list, [abc]}, {atom_to_list, ['']}, {atom_to_list, ['\x{e9}\x{3b1}']},
         {atom_to_list, [1]}, {list_to_atom, ["abc"]}, {list_to_atom, [""]},
         {list_to_atom, [[16#e9, 16#3b1]]}, {list_to_atom, [[16#d800]]},
         {list_to_atom, [[-1]]}, {list_to_atom, [[16#110000]]}, {list_to_atom, [[a]]},
         {list_to_atom, [[$a | b]]}, {list_to_atom, [a]}, {list_to_existing_atom, ["abc"]},
         {list_to_existing_atom, ["there is no such atom here"]},
         {atom_to_binary, [abc]}, {atom_to_binary, ['\x{e9}\x{3b1}']},
         {atom_to_binary, ['\x{e9}', latin1]}, {atom_to_binary, ['\x{e9}', utf8]},
         {atom_to_binary, ['\x{e9}', unicode]}, {atom_to_binary, ['\x{3b1}', latin1]},
         {atom_to_binary, [a, foo]}, {atom_to_binary, [1]}, {binary_to_atom, [<<"abc">>]},
         {binary_to_atom, [<<233>>, latin1]}, {binary_to_atom, [<<195, 169>>, utf8]},
         {binary_to_atom, [<<233>>, utf8]}, {binary_to_atom, [<<"a">>, foo]},
         {binary_to_atom, [a]}, {binary_to_existing_atom, [<<"abc">>]},
         {binary_to_existing_atom, [<<"nor is there this one">>]},
         {binary_to_existing_atom, [<<"abc">>, latin1]}]]
    ++ [{erlang, list_to_atom, [repeat(N, C)]} || {N, C} <- [{256, $a}, {255, 16#3b1}]]
    ++ [{erlang, list_to_existing_atom, [repeat(256, $b)]}]
    ++ [{erlang, binary_to_atom, [list_to_binary(repeat(256, $c))]}].

repeat(0, _) -> [];
repeat(N, X) -> [X | repeat(N - 1, X)].

bytes() ->
    [{erlang, F, A} || {F, A} <-
        [{binary_to_list, [<<>>]}, {binary_to_list, [<<1, 2, 255>>]}, {binary_to_list, [a]},
         {binary_to_list, [<<1, 2, 3>>, 2, 3]}, {binary_to_list, [<<1, 2, 3>>, 2, 4]},
         {binary_to_list, [<<1, 2, 3>>, 3, 2]}, {binary_to_list, [<<1, 2, 3>>, 0, 2]},
         {binary_to_list, [<<>>, 1, 0]}, {list_to_binary, [[]]}, {list_to_binary, [<<1>>]},
         {list_to_binary, [[1, [2, <<3, 4>>], [[5]] | <<6>>]]}, {list_to_binary, [[1 | 2]]},
         {list_to_binary, [[256]]}, {list_to_binary, [[-1]]}, {list_to_binary, [[a]]},
         {list_to_binary, [[1, [2, 3 | a]]]}, {iolist_to_binary, [<<1, 2, 3, 4, 5, 6, 7, 8, 9>>]},
         {iolist_to_binary, [["ab", [[], <<"cdefghij">>] | <<>>]]}, {iolist_to_binary, [a]},
         {iolist_size, [[1, <<2>> | <<3>>]]}, {iolist_size, [<<1, 2>>]}, {iolist_size, [[]]},
         {iolist_size, [[300]]}, {iolist_size, [a]}, {byte_size, [<<1, 2, 3>>]},
         {byte_size, [a]}, {bit_size, [<<1, 2, 3>>]}, {bit_size, [[]]},
         {binary_part, [<<1, 2, 3>>, 3, -2]}, {binary_part, [<<1, 2, 3>>, 1, 2]},
         {binary_part, [<<1, 2, 3>>, 1, 3]}, {binary_part, [<<1, 2, 3>>, {0, 1}]},
         {binary_part, [<<1, 2, 3>>, a]}, {binary_part, [a, 1, 1]},
         {split_binary, [<<1, 2, 3>>, 1]}, {split_binary, [<<1, 2, 3>>, 3]},
         {split_binary, [<<1, 2, 3>>, 4]}, {split_binary, [a, 0]}]].

kinds() -> [{?MODULE, self_checks, [T]} || T <-
    [a, true, 1, 1 bsl 70, 1.5, [], [a], {}, {a}, #{}, #{a => 1}, <<>>, <<1>>, fun maps:map/2]].

self_checks(T) ->
    [F || F <- [is_atom, is_binary, is_bitstring, is_boolean, is_float, is_function, is_integer,
                is_list, is_map, is_number, is_pid, is_port, is_reference, is_tuple],
          erlang:F(T)].

operators() ->
    [{erlang, F, A} || F <- ['+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor', 'bsl', 'bsr'],
                       A <- [[7, 2], [-7, 2], [7, -2], [7, 0], [1.5, 2], [a, 1], [1, a]]]
    ++ [{erlang, F, A} || F <- ['==', '/=', '=:=', '=/=', '<', '>', '=<', '>=', min, max],
                          A <- [[1, 1.0], [1, 2], [a, 1], [{a}, {a}], [[], {}]]]
    ++ [{erlang, F, A} || F <- ['and', 'or', 'xor'],
                          A <- [[true, false], [true, true], [false, false], [a, true], [true, a]]]
    ++ [{erlang, F, [A]} || F <- ['not', '+', '-', 'bnot'], A <- [true, 1, 1.5, a]].

numbers() ->
    [{erlang, F, [1 bsl 64, 1 bsl 30]} || F <- ['+', '-', '*', 'div', 'rem', 'band', 'bor', '==', '<']].

maps() ->
    Map = #{a => 1, {b} => 2, "c" => 3, 4.0 => 5, 4 => 6},
    Wide = maps:from_list([{X, -X} || X <- seq(1, 100)]),
    Wide33 = maps:from_list([{X, -X} || X <- seq(1, 33)]),
    [{maps, F, A} || {F, A} <-
        [{get, [a, Map]}, {get, [x, Map]}, {get, [a, b]}, {get, [a, Map, d]},
         {get, [x, Map, d]}, {get, [a, b, d]}, {find, [{b}, Map]}, {find, [x, Map]},
         {find, [a, b]}, {is_key, ["c", Map]}, {is_key, [4.0, Map]}, {is_key, [5, Map]},
         {is_key, [a, b]}, {keys, [Map]}, {keys, [#{}]}, {keys, [a]}, {values, [Map]},
         {values, [#{}]}, {values, [a]}, {put, [x, y, #{}]}, {put, [a, y, Map]},
         {put, [x, y, Map]}, {put, [4.0, y, Map]}, {put, [a, b, c]}, {update, [a, y, Map]},
         {update, [x, y, Map]}, {update, [a, b, c]}, {remove, [a, Map]}, {remove, [x, Map]},
         {remove, [x, #{x => 1}]}, {remove, [a, b]}, {take, [{b}, Map]}, {take, [x, Map]},
         {take, [x, #{x => 1}]}, {take, [a, b]}, {merge, [Map, #{}]}, {merge, [#{}, Map]},
         {merge, [Map, #{a => x, z => y}]}, {merge, [a, b]}, {merge, [#{}, b]},
         {from_list, [[]]}, {from_list, [[{b, 1}, {a, 2}, {b, 3}]]},
         {from_list, [[{1.0, a}, {1, b}, {1, c}, {0.0, y}]]},
         {from_list, [[{0.0, a}, {1, b}, {-0.0, c}]]}, {from_keys, [[b, -0.0, 0.0, -0.0], 0]},
         {merge, [#{0.0 => 1, b => 2}, #{-0.0 => 3, a => 4}]}, {put, [-0.0, y, #{0.0 => x}]},
         {from_list, [[{a, b} | c]]}, {from_list, [[a]]}, {from_list, [[{a, b, c}]]},
         {from_list, [a]}, {from_keys, [[c, a, b, a], 0]}, {from_keys, [[], 0]},
         {from_keys, [[a | b], 0]}, {from_keys, [a, 0]}]]
    ++ [{?MODULE, zero_keys, []}]
    ++ [{erlang, map_size, [M]} || M <- [#{}, Map, a]]
    ++ [{erlang, map_get, A} || A <- [[a, Map], [x, Map], [a, b]]]
    ++ [{erlang, is_map_key, A} || A <- [[a, Map], [x, Map], [a, b]]]
    ++ [{erts_internal, map_next, A} || A <-
           [[0, Map, iterator], [0, #{}, iterator], [0, Map, []], [0, #{}, []], [0, Map, [x]],
            [0, a, []], [0, #{}, foo], [7, Map, iterator], [0, Wide, iterator],
            [0, Wide, []], [0, Wide, [x]], [30, Wide33, iterator], [30, Wide33, []],
            [255, Wide33, iterator], [-1, Wide, iterator], [a, Wide, iterator]]]
    ++ [{?MODULE, F, [M, V]} || F <- [updated, updated_exactly],
                                M <- [#{}, #{a => 1}, #{a => 1, b => 2, {c} => 3}, x], V <- [new]]
    ++ [{?MODULE, looked_up, [M]} || M <- [#{}, Map, #{{k, 1} => x, b => y, "d" => z}]].

updated(M, V) -> {M#{b => V}, M#{{c} => V, a => [V]}, M#{z => V, b => 1, "y" => 2}, M#{{c} => V}}.

updated_exactly(M, V) ->
    [try F() catch Class:Reason -> {Class, Reason} end ||
        F <- [fun() -> M#{a := V} end, fun() -> M#{b := V, a := [V]} end,
              fun() -> M#{{c} := V, b := V} end, fun() -> M#{a := V, q => V} end]].

looked_up(#{{k, 1} := X, b := Y}) -> {X, Y};
looked_up(#{{b} := X, "c" := Y, 4 := Z}) -> {X, Y, Z};
looked_up(#{}) -> none.

%% As many keys as a flat map has.
many_keys() -> [{?MODULE, wide_map, [N]} || N <- [1, 2, 31, 32]].

wide_map(N) ->
    Map = maps:from_list([{{X * 7 rem 33}, X} || X <- seq(1, N)]),
    Merged = maps:merge(Map, maps:from_keys([{1}, {2}], x)),
    {Map, maps:keys(Map), Map#{{7} => new}, maps:remove({7}, Map), maps:take({7}, Map), Merged}.

%% Keys that are equal and look unlike each other.
zero_keys() ->
    Map = id(#{0.0 => x}),
    [Map#{-0.0 => y}, Map#{-0.0 => y, a => z}, Map#{-0.0 := y}, #{id(0.0) => x, id(-0.0) => y}].

own_process() ->
    [{?MODULE, F, []} || F <- [dictionary, value_keys, erasing, times, unique, collected]]
    ++ [{?MODULE, module_items, [I]} || I <- [module, attributes, native]]
    ++ [{erlang, get_module_info, A} || A <- [[natives, foo], [nowhere, exports], [1, exports]]]
    ++ [{erlang, F, [U]} || F <- [system_time, monotonic_time], U <- [foo, 0, -1, []]]
    ++ [{erlang, unique_integer, [O]} || O <- [[foo], foo]]
    ++ [{erlang, get, [no_such_key]}, {erlang, erase, [no_such_key]}, {erlang, pid_to_list, [a]},
        {erlang, node, []}].

dictionary() ->
    Before = erase(),
    R = [put(a, 1), put({b}, 2), put(a, 3), put("c", [x]), get(a), get({b}), get(c),
         erase({b}), get({b})],
    Pairs = [{K, V} || K <- [a, {b}, "c"], {K1, V} <- get(), K =:= K1],
    erase(),
    restore(Before),
    {R, Pairs, length(get()) =:= length(Before)}.

restore([]) -> ok;
restore([{K, V} | Pairs]) -> put(K, V), restore(Pairs).

value_keys() ->
    Before = erase(),
    put(k1, {v}), put(k2, {v}), put(k3, w),
    R = {[K || K <- [k1, k2, k3], lists:member(K, get_keys({v}))],
         [K || K <- [k1, k2, k3], lists:member(K, get_keys(w))], length(get_keys()),
         get_keys(nothing)},
    erase(),
    restore(Before),
    R.

erasing() ->
    Before = erase(),
    [put({N}, [N]) || N <- seq(1, 200)],
    [erase({N}) || N <- seq(1, 200), N rem 3 =/= 0],
    R = {length(get()), [N || N <- seq(1, 200), get({N}) =:= [N]]},
    erase(),
    restore(Before),
    R.

times() ->
    A = erlang:monotonic_time(),
    B = erlang:monotonic_time(),
    S = erlang:system_time(second),
    Ms = erlang:system_time(millisecond),
    Us = erlang:system_time(microsecond),
    Ns = erlang:system_time(),
    {A =< B, S > 1600000000, Ms >= S * 1000, Us >= Ms * 1000, Ns >= Us * 1000,
     Ns < (S + 60) * 1000000000, Us div 1000000 - erlang:system_time(1) < 60}.

unique() ->
    A = erlang:unique_integer([positive, monotonic]),
    B = erlang:unique_integer([monotonic, positive]),
    {A > 0, A < B, erlang:unique_integer() =/= erlang:unique_integer()}.

collected() ->
    Term = {[X || X <- seq(1, 100)], id({kept})},
    put(collected, Term),
    {garbage_collect(), Term =:= erase(collected)}.

module_items(attributes) -> is_list(erlang:get_module_info(natives, attributes));
module_items(Item) ->
    {erlang:get_module_info(natives, Item),
     lists:member({call, 1}, erlang:get_module_info(natives, exports)),
     lists:member({calls, 0}, erlang:get_module_info(natives, exports)),
     lists:member({calls, 0}, erlang:get_module_info(natives, functions)),
     lists:keyfind(module, 1, erlang:get_module_info(natives))}.

raising() ->
    [{erlang, F, [{reason}]} || F <- [error, exit, throw, nif_error]]
    ++ [{erlang, error, [x, [a]]}, {erlang, error, [x, none]}, {erlang, nif_error, [x, [a]]},
        {erlang, raise, [foo, bar, []]}, {erlang, raise, [error, bar, [x]]},
        {erlang, raise, [error, bar, [{a, b, 1} | x]]}, {erlang, raise, [throw, bar, []]}]
    ++ [{?MODULE, raised, [C, r, T]} || C <- [error, exit, throw, foo],
                                        T <- [[{a, b, 1}, {c, d, [x], [{line, 1}]}]]]
    ++ [{?MODULE, raised, [error, r, T]} ||
           T <- [[], [{a, b, c}], [{a, b, -1}], [{a, b, 1, foo}], [{fun maps:map/2, []}, {a, b, 1}],
                 [{fun maps:map/2, [], []}], [{1, b, 1}], [{a}], a, repeat(20, {a, b, 1})]].

raised(Class, Reason, Trace) ->
    try erlang:raise(Class, Reason, Trace) of
        Result -> {returned, Result}
    catch C:R:T -> {C, R, T}
    end.
