%% Random calls of pure functions of OTP's library: `run(Module, Seed, Count)` makes so many and
%% returns what each answered. The same seed makes the same calls anywhere.
%%
%%     erlc +deterministic +no_debug_info library.erl
-module(library).
-export([run/1, main/3, modules/0]).

%% `run([Module, Seed, Count])` with strings, as a command line gives them.
run([Module, Seed, Count]) -> main(list_to_atom(Module), list_to_integer(Seed), list_to_integer(Count)).

main(Module, Seed, Count) ->
    put(seed, Seed * 7919 + erlang:phash2(Module, 1000)),
    Calls = list_to_tuple(calls(Module)),
    [perform(Module, element(rnd(size(Calls)) + 1, Calls)) || _ <- lists:seq(1, Count)].

modules() ->
    [lists, maps, gb_trees, gb_sets, dict, orddict, ordsets, queue, array, sets, proplists, string, binary,
     base64, unicode, digraph, sofs, rand, io_lib].

perform(Module, {Function, Kinds}) ->
    Args = [make(K) || K <- Kinds],
    Result = try plain(apply(Module, Function, Args)) catch Class:Reason -> {Class, plain(Reason)} end,
    {Function, [plain(A) || A <- Args], Result};
perform(_, Fun) when is_function(Fun, 0) ->
    try plain(Fun()) catch Class:Reason -> {Class, plain(Reason)} end.

%% What two machines write alike: no funs.
plain(F) when is_function(F) -> 'fun';
plain([H | T]) -> [plain(H) | plain(T)];
plain(T) when is_tuple(T) -> list_to_tuple([plain(E) || E <- tuple_to_list(T)]);
plain(M) when is_map(M), map_size(M) > 32 -> {map, lists:sort(maps:to_list(maps:map(fun(_, V) -> plain(V) end, M)))};
plain(M) when is_map(M) -> maps:map(fun(_, V) -> plain(V) end, M);
plain(X) -> X.

rnd(N) ->
    S = (get(seed) * 6364136223846793005 + 1442695040888963407) band 16#FFFFFFFFFFFFFFFF,
    put(seed, S),
    (S bsr 33) rem N.

pick(L) -> lists:nth(rnd(length(L)) + 1, L).
many(Max, K) -> [make(K) || _ <- lists:seq(1, rnd(Max + 1))].

make(int) -> pick([0, 1, 2, 3, 4, 5, 7, 10, -1, 100]);
make(nat) -> rnd(8);
make(pos) -> rnd(6) + 1;
make(key) -> pick([a, b, c, d, e, 1, 2, 3, 1.0, {k}, "k"]);
make(atom) -> pick([a, b, c, d, true, false]);
make(term) ->
    case rnd(12) of
        0 -> make(key); 1 -> make(int); 2 -> rnd(1000) / 8; 3 -> many(4, int); 4 -> {make(key), make(int)};
        5 -> make(bin); 6 -> 1 bsl rnd(90); 7 -> #{make(key) => make(int)}; 8 -> []; 9 -> make(text); 10 -> -rnd(100); 11 -> [{make(atom), make(int)}]
    end;
make(list) -> many(9, key);
make(ints) -> many(9, int);
make(terms) -> many(6, term);
make(lists) -> many(4, list);
make(pairs) -> [{make(key), make(int)} || _ <- lists:seq(1, rnd(8))];
make(sorted) -> lists:sort(make(list));
make(usorted) -> lists:usort(make(list));
make(any) -> pick([make(list), make(ints), make(pairs), make(term), [a | b]]);
make(pred) -> pick([fun(X) -> X > 2 end, fun is_atom/1, fun(_) -> true end, fun(X) -> X =:= a end]);
make(f1) -> pick([fun(X) -> {X} end, fun(X) -> [X, X] end, fun(X) -> X end]);
make(f2) -> pick([fun(X, Y) -> {X, Y} end, fun(X, A) -> [X | A] end, fun(_, A) -> A end]);
make(fadd) -> fun(X, A) -> {X, A} end;
make(fle) -> pick([fun(X, Y) -> X =< Y end, fun(X, Y) -> X >= Y end]);
make(flist) -> fun(X) -> [X, {X}] end;
make(fmap) -> pick([fun(_, V) -> V > 2 end, fun(K, _) -> is_atom(K) end]);
make(fkv) -> fun(K, V) -> {K, V} end;
make(fkva) -> fun(K, V, A) -> [{K, V} | A] end;
make(fplus) -> fun(V) -> {new, V} end;
make(map) -> maps:from_list(make(pairs));
make(orddict) -> orddict:from_list(make(pairs));
make(gbt) -> gb_trees:from_orddict(make(orddict));
make(gbs) -> gb_sets:from_list(make(list));
make(dict) -> dict:from_list(make(pairs));
make(set) -> case rnd(2) of 0 -> sets:from_list(make(list)); 1 -> sets:from_list(make(list), [{version, 2}]) end;
make(ordset) -> ordsets:from_list(make(list));
make(queue) -> lists:foldl(fun(X, Q) -> case rnd(4) of 0 -> queue:in_r(X, Q); _ -> queue:in(X, Q) end end, queue:new(), make(list));
make(array) -> lists:foldl(fun(V, A) -> array:set(rnd(25), V, A) end, array:new(pick([[], [{default, 0}], [{size, 12}, {fixed, false}]])), make(ints));
make(props) -> [pick([make(atom), {make(atom), make(int)}, {make(atom), make(int), x}, {make(atom), true}]) || _ <- lists:seq(1, rnd(8))];
make(text) -> [pick("abc xyzABC,;\n") || _ <- lists:seq(1, rnd(14))];
make(char) -> pick("abcxyzA ,");
make(wide) -> [pick([$a, $b, 233, 8364, 128512, $\s, 769, $e, 223, $Z]) || _ <- lists:seq(1, rnd(10))];
make(chars) -> pick([make(text), make(wide), unicode:characters_to_binary(make(wide)), [make(text), unicode:characters_to_binary(make(text))]]);
make(seps) -> pick([" ", ",;", "\n", "a"]);
make(dir) -> pick([leading, trailing, both]);
make(bin) -> list_to_binary([pick("abcab,") || _ <- lists:seq(1, rnd(16))]);
make(bytes) -> list_to_binary([rnd(256) || _ <- lists:seq(1, rnd(30))]);
make(patterns) -> pick([<<"a">>, <<"ab">>, [<<"a">>, <<"bc">>], [<<",">>, <<"b">>, <<"ba">>]]);
make(b64) -> case rnd(3) of 0 -> make(bin); _ -> base64:encode(make(bytes)) end;
make(encoding) -> pick([utf8, latin1, utf16, {utf16, little}, utf32, unicode]);
make(sofset) -> sofs:set(make(list));
make(sofrel) -> sofs:relation(make(pairs));
make(format) -> pick(["~p", "~w", "~20p", "~10w|", "~-10w|", "~tp", "~s", "~ts", "~b", "~.16B", "~e", "~f", "~.3f", "~g", "~c", "~P", "~W", "~30|~w", "~q", "x~n", "~i~w", "~*w", "~x"]);
make({const, X}) -> X.

calls(lists) ->
    [{F, [list, list]} || F <- [append, subtract, merge, prefix, suffix, umerge, zip]]
        ++ [{F, [any]} || F <- [reverse, sort, usort, last, flatten, sum, max, min, droplast, concat, append, flatlength, unzip, merge, umerge]]
        ++ [{F, [pred, any]} || F <- [all, any, filter, partition, takewhile, dropwhile, search, splitwith]]
        ++ [{F, [f1, any]} || F <- [map, foreach]] ++ [{flatmap, [flist, list]}, {filtermap, [pred, list]}]
        ++ [{F, [fadd, term, any]} || F <- [foldl, foldr]] ++ [{mapfoldl, [f2, int, list]}, {mapfoldr, [f2, int, list]}]
        ++ [{F, [int, any]} || F <- [nth, nthtail, sublist_at]] ++ [{sublist, [list, int]}, {sublist, [list, pos, nat]}, {split, [nat, list]}]
        ++ [{seq, [int, int]}, {seq, [int, int, int]}, {duplicate, [nat, term]}, {join, [term, list]}, {delete, [key, list]}, {member, [key, any]}]
        ++ [{F, [key, pos, pairs]} || F <- [keyfind, keymember, keysearch, keydelete, keytake]]
        ++ [{F, [pos, pairs]} || F <- [keysort, ukeysort]] ++ [{keymerge, [{const, 1}, pairs, pairs]}, {ukeymerge, [{const, 1}, pairs, pairs]}]
        ++ [{keyreplace, [key, pos, pairs, {const, {new, 1}}]}, {keystore, [key, {const, 1}, pairs, {const, {new, 1}}]}, {keymap, [f1, {const, 1}, pairs]}]
        ++ [{sort, [fle, ints]}, {usort, [fle, ints]}, {merge, [fle, ints, ints]}, {zipwith, [f2, list, list]}, {zip3, [list, list, list]}, {zf, [pred, list]}, {merge3, [sorted, sorted, sorted]}, {rmerge, [list, list]}, {uniq, [list]}, {enumerate, [list]}, {enumerate, [int, list]}, {rukeymerge, [{const, 1}, pairs, pairs]}];
calls(maps) ->
    [{F, [map]} || F <- [keys, values, to_list, size, iterator]] ++ [{F, [key, map]} || F <- [get, find, is_key, remove, take]]
        ++ [{get, [key, map, term]}, {put, [key, term, map]}, {update, [key, term, map]}, {merge, [map, map]}, {intersect, [map, map]}, {intersect_with, [{const, fun(K, A, B) -> {K, A, B} end}, map, map]}, {merge_with, [{const, fun(K, A, B) -> {K, A, B} end}, map, map]}]
        ++ [{map, [fkv, map]}, {filter, [fmap, map]}, {fold, [fkva, {const, []}, map]}, {filtermap, [fmap, map]}, {foreach, [fkv, map]}, {with, [list, map]}, {without, [list, map]}, {from_list, [pairs]}, {from_list, [any]}, {from_keys, [list, int]}, {update_with, [key, fplus, map]}, {update_with, [key, fplus, int, map]}, {groups_from_list, [f1, list]}, {groups_from_list, [f1, f1, list]}, {keys, [term]}, {get, [key, term]}];
calls(gb_trees) ->
    [{F, [gbt]} || F <- [keys, values, to_list, size, is_empty, smallest, largest, take_smallest, take_largest, balance, iterator]]
        ++ [{F, [key, gbt]} || F <- [get, lookup, is_defined, delete, delete_any, take, take_any, iterator_from]] ++ [{F, [key, int, gbt]} || F <- [insert, enter, update]]
        ++ [{map, [fkv, gbt]}, {from_orddict, [orddict]}];
calls(gb_sets) ->
    [{F, [gbs]} || F <- [to_list, size, is_empty, smallest, largest, take_smallest, take_largest, balance, is_set, iterator]]
        ++ [{F, [key, gbs]} || F <- [is_element, is_member, add, add_element, insert, delete, delete_any, del_element, iterator_from]]
        ++ [{F, [gbs, gbs]} || F <- [union, intersection, subtract, difference, is_subset, is_disjoint]]
        ++ [{fold, [fadd, int, gbs]}, {filter, [pred, gbs]}, {from_list, [list]}, {from_ordset, [usorted]}, {singleton, [term]}];
calls(dict) ->
    [{F, [dict]} || F <- [to_list, size, is_empty, fetch_keys]] ++ [{F, [key, dict]} || F <- [fetch, find, is_key, erase, take]]
        ++ [{F, [key, int, dict]} || F <- [store, append]] ++ [{append_list, [key, list, dict]}, {update, [key, fplus, dict]}, {update, [key, fplus, int, dict]}, {update_counter, [key, int, dict]}]
        ++ [{map, [fkv, dict]}, {filter, [fmap, dict]}, {fold, [fkva, {const, []}, dict]}, {merge, [{const, fun(K, A, B) -> {K, A, B} end}, dict, dict]}, {from_list, [pairs]}];
calls(orddict) ->
    [{F, [orddict]} || F <- [to_list, size, is_empty, fetch_keys]] ++ [{F, [key, orddict]} || F <- [fetch, find, is_key, erase, take]]
        ++ [{F, [key, int, orddict]} || F <- [store, append]] ++ [{append_list, [key, list, orddict]}, {update, [key, fplus, orddict]}, {update, [key, fplus, int, orddict]}, {update_counter, [key, int, orddict]}]
        ++ [{map, [fkv, orddict]}, {filter, [fmap, orddict]}, {fold, [fkva, {const, []}, orddict]}, {merge, [{const, fun(K, A, B) -> {K, A, B} end}, orddict, orddict]}, {from_list, [pairs]}];
calls(ordsets) ->
    [{F, [ordset]} || F <- [to_list, size, is_empty, is_set]] ++ [{F, [key, ordset]} || F <- [is_element, add_element, del_element]]
        ++ [{F, [ordset, ordset]} || F <- [union, intersection, subtract, is_subset, is_disjoint]] ++ [{fold, [fadd, int, ordset]}, {filter, [pred, ordset]}, {from_list, [list]}, {union, [lists]}, {intersection, [{const, [[a, b], [b]]}]}, {is_set, [any]}];
calls(sets) ->
    [{F, [set]} || F <- [to_list, size, is_empty, is_set]] ++ [{F, [key, set]} || F <- [is_element, add_element, del_element]]
        ++ [{F, [set, set]} || F <- [union, intersection, subtract, is_subset, is_disjoint]] ++ [{fold, [fadd, int, set]}, {filter, [pred, set]}, {from_list, [list]}];
calls(queue) ->
    [{F, [queue]} || F <- [to_list, len, is_empty, out, out_r, get, get_r, peek, peek_r, drop, drop_r, reverse, head, tail, last, daeh, liat, init, lait, is_queue]]
        ++ [{F, [key, queue]} || F <- [in, in_r, member, cons, delete, delete_r]] ++ [{snoc, [queue, key]}, {split, [nat, queue]}, {join, [queue, queue]}, {filter, [pred, queue]}, {fold, [fadd, int, queue]}, {any, [pred, queue]}, {all, [pred, queue]}, {filtermap, [pred, queue]}, {from_list, [list]}, {delete_with, [pred, queue]}];
calls(array) ->
    [{F, [array]} || F <- [to_list, size, sparse_size, to_orddict, sparse_to_list, sparse_to_orddict, is_array, is_fix, default, fix, relax, resize]]
        ++ [{get, [int, array]}, {set, [int, term, array]}, {reset, [int, array]}, {resize, [nat, array]}, {map, [fkv, array]}, {foldl, [fkva, {const, []}, array]}, {foldr, [fkva, {const, []}, array]}, {sparse_map, [fkv, array]}, {sparse_foldl, [fkva, {const, []}, array]}, {from_list, [list]}, {from_orddict, [{const, [{1, a}, {5, b}]}]}, {new, [int]}];
calls(proplists) ->
    [{F, [atom, props]} || F <- [get_value, lookup, lookup_all, is_defined, delete, get_all_values, append_values, get_bool]] ++ [{get_value, [atom, props, term]}, {property, [atom, term]}, {compact, [props]}, {unfold, [props]}, {get_keys, [props]}, {to_map, [props]}, {split, [props, {const, [a, b]}]}, {expand, [{const, [{a, [b, c]}, {{b, true}, [d]}]}, props]}, {substitute_aliases, [{const, [{a, b}]}, props]}, {substitute_negations, [{const, [{a, b}]}, props]}, {normalize, [props, {const, [{aliases, [{a, c}]}]}]}];
calls(string) ->
    [{F, [chars]} || F <- [length, to_graphemes, reverse, uppercase, lowercase, titlecase, casefold, trim, chomp, is_empty, next_grapheme, next_codepoint, to_integer, to_float]]
        ++ [{F, [text, seps]} || F <- [lexemes, split, find, tokens, trim_none]] ++ [{trim, [chars, dir]}, {trim, [text, dir, {const, "ab"}]}, {split, [text, seps, {const, all}]}, {split, [text, seps, {const, trailing}]}, {find, [text, seps, {const, trailing}]}, {replace, [text, seps, {const, "--"}]}, {replace, [text, seps, {const, "--"}, {const, all}]}, {slice, [chars, nat]}, {slice, [chars, nat, nat]}, {pad, [chars, nat]}, {pad, [text, pos, {const, both}]}, {pad, [text, pos, dir, {const, $*}]}, {equal, [chars, chars]}, {equal, [chars, chars, {const, true}]}, {equal, [chars, chars, {const, true}, {const, nfc}]}, {prefix, [chars, chars]}, {take, [text, {const, "ab c"}]}, {take, [text, {const, "ab"}, {const, true}]}, {take, [text, {const, "xy"}, {const, false}, {const, trailing}]}, {jaro_similarity, [text, text]}]
        ++ [{F, [text]} || F <- [to_upper, to_lower, strip, len, words]] ++ [{chr, [text, char]}, {rchr, [text, char]}, {str, [text, seps]}, {rstr, [text, seps]}, {substr, [text, pos]}, {substr, [text, pos, nat]}, {centre, [text, nat]}, {left, [text, nat]}, {right, [text, nat]}, {join, [{const, ["a", "b"]}, text]}, {copies, [text, nat]}, {concat, [text, text]}, {span, [text, seps]}, {cspan, [text, seps]}, {sub_word, [text, pos]}, {nth_lexeme, [text, pos, seps]}];
calls(binary) ->
    [{match, [bin, patterns]}, {matches, [bin, patterns]}, {split, [bin, patterns]}, {split, [bin, patterns, {const, [global]}]}, {split, [bin, patterns, {const, [global, trim_all]}]}, {replace, [bin, patterns, {const, <<"X">>}]}, {replace, [bin, patterns, {const, <<"XY">>}, {const, [global]}]}, {replace, [bin, patterns, {const, <<"[]">>}, {const, [global, {insert_replaced, 1}]}]}, {part, [bytes, nat, int]}, {at, [bytes, nat]}, {first, [bytes]}, {last, [bytes]}, {copy, [bin, nat]}, {decode_unsigned, [bytes]}, {decode_unsigned, [bytes, {const, little}]}, {encode_unsigned, [nat]}, {bin_to_list, [bytes]}, {bin_to_list, [bytes, nat, int]}, {encode_hex, [bytes]}, {encode_hex, [bytes, {const, lowercase}]}, {decode_hex, [bin]}, {longest_common_prefix, [{const, [<<"abc">>, <<"abd">>]}]}, {list_to_bin, [any]}];
calls(base64) ->
    [{encode, [bytes]}, {encode_to_string, [bytes]}, {decode, [b64]}, {decode_to_string, [b64]}, {mime_decode, [b64]}, {mime_decode_to_string, [b64]}, {encode, [text]}, {decode, [text]}];
calls(unicode) ->
    [{characters_to_list, [chars]}, {characters_to_binary, [chars]}, {characters_to_list, [bytes, encoding]}, {characters_to_binary, [bytes, encoding]}, {characters_to_binary, [chars, {const, utf8}, encoding]}, {characters_to_nfc_list, [chars]}, {characters_to_nfd_list, [chars]}, {characters_to_nfkc_binary, [chars]}, {characters_to_nfkd_list, [chars]}, {bom_to_encoding, [bytes]}, {encoding_to_bom, [encoding]}];
calls(digraph) ->
    [fun graph/0];
calls(sofs) ->
    [{F, [sofset, sofset]} || F <- [union, intersection, difference, symdiff, is_subset, is_disjoint, product, is_equal]]
        ++ [fun() -> sofs:to_external(sofs:F(make(sofrel))) end || F <- [domain, range, converse, field, relation_to_family, canonical_relation, partition_family_of]]
        ++ [fun() -> sofs:to_external(sofs:F(make(sofrel), make(sofset))) end || F <- [image, inverse_image, restriction, drestriction]]
        ++ [fun() -> sofs:to_external(sofs:composite(make(sofrel), make(sofrel))) end, fun() -> sofs:to_external(sofs:union(make(sofset), make(sofset))) end, fun() -> sofs:to_external(sofs:powerset(sofs:set([make(key), make(key), make(key)]))) end, fun() -> sofs:to_external(sofs:family_union(sofs:family([{make(atom), [make(list)]}]))) end, {no_elements, [sofset]}, {to_external, [sofset]}, {from_term, [list]}];
calls(rand) ->
    [fun() -> random_numbers(pick([exsss, exrop, exro928ss, exsp, exs1024s, exs64, exsplus, exs1024, mwc59])) end];
calls(io_lib) ->
    [fun() -> F = make(format), A = make(term), {F, A, lists:flatten(io_lib:format(F, [A]))} end, fun() -> F = make(format), A = make(terms), {F, A, lists:flatten(io_lib:format(F, A))} end,
     {write, [term]}, {print, [term]}, {print, [term, {const, 1}, {const, 20}, {const, -1}]}, {write_string, [text]}, {write_atom, [atom]}, {fread, [{const, "~d ~s"}, text]}, {char_list, [any]}, {printable_list, [any]}, {printable_unicode_list, [any]}, {deep_char_list, [any]}, {indentation, [text, nat]}, {nl, []}, {write, [term, nat]},
     fun() -> lists:flatten(io_lib:format("~p~n~30p", [[make(terms), make(map)], [make(pairs), make(text), {make(list), make(list), make(list)}]])) end, fun() -> lists:flatten(io_lib:write_latin1(make(terms))) end, fun() -> io_lib:format("~p", [[{make(atom), make(terms), make(bytes)} || _ <- lists:seq(1, 5)]]) end].

graph() ->
    G = digraph:new(pick([[], [acyclic]])),
    Vs = lists:seq(1, 7),
    [digraph:add_vertex(G, V, {label, V}) || V <- Vs],
    [case digraph:add_edge(G, {e, N}, rnd(7) + 1, rnd(7) + 1, N) of {error, {bad_edge, P}} -> {bad, length(P)}; E -> E end || N <- lists:seq(1, 9)],
    R = {lists:sort(digraph:vertices(G)), lists:sort(digraph:edges(G)), [{lists:sort(digraph:out_neighbours(G, V)), lists:sort(digraph:in_neighbours(G, V)), digraph:out_degree(G, V), lists:sort(digraph:in_edges(G, V))} || V <- Vs],
         [digraph:edge(G, {e, N}) || N <- [1, 4, 9]], digraph:no_vertices(G), digraph:no_edges(G), [is_list(digraph:get_path(G, A, B)) || A <- Vs, B <- [1, 4]], [length_of(digraph:get_short_path(G, A, 3)) || A <- Vs],
         lists:sort([lists:sort(C) || C <- digraph_utils:components(G)]), lists:sort([lists:sort(C) || C <- digraph_utils:strong_components(G)]), digraph_utils:is_acyclic(G), lists:sort(digraph_utils:reachable([1], G)), lists:sort(digraph_utils:reaching([2], G)), is_list(digraph_utils:topsort(G)), digraph_utils:is_tree(G), lists:sort(digraph_utils:loop_vertices(G))},
    digraph:del_vertex(G, 3),
    S = {lists:sort(digraph:vertices(G)), lists:sort(digraph:edges(G)), digraph:vertex(G, 3)},
    digraph:delete(G),
    {R, S}.

length_of(false) -> false;
length_of(L) -> length(L).

random_numbers(mwc59) -> S = rand:mwc59_seed(rnd(100000)), {S, rand:mwc59(S), rand:mwc59_value(S), rand:mwc59_float(S)};
random_numbers(Algorithm) ->
    S0 = rand:seed_s(Algorithm, {rnd(1000), rnd(1000), rnd(1000)}),
    {A, S1} = rand:uniform_s(S0), {B, S2} = rand:uniform_s(rnd(100000) + 1, S1), {C, S3} = rand:normal_s(S2), {D, S4} = rand:uniform_real_s(S3),
    {E, S5} = rand:bytes_s(9, S4), {F, S6} = rand:uniform_s(1 bsl 70, S5), S7 = try rand:jump(S6) catch error:not_implemented -> S6 end, {G, _} = rand:uniform_s(S7),
    {Algorithm, A, B, C, D, E, F, G, rand:export_seed_s(S6)}.
