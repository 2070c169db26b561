%% The live structures that collections are measured on. Benchmarks/Cases builds the same
%% ones in the same order, word for word.
-module(shapes).
-export([build/1, digest/2, words/1]).

%% A list is built from its end, so that the first cell is the youngest; what a cell holds is
%% built just before it. A tree is built children first, left before right.
build("list") -> numbers(1000000, []);
build("tree") -> tree(18, 1);
build("tuples") -> tuples(300000, []);
build("floats") -> floats(500000, []);
build("strings") -> strings(90000, []);
build("map") -> maps:from_list([{Key, Key} || Key <- lists:seq(1, 200000)]).

numbers(0, List) -> List;
numbers(Count, List) -> numbers(Count - 1, [Count | List]).

tree(0, Number) -> Number;
tree(Depth, Number) ->
    Left = tree(Depth - 1, 2 * Number),
    {Left, tree(Depth - 1, 2 * Number + 1)}.

tuples(0, List) -> List;
tuples(Count, List) -> tuples(Count - 1, [{Count, Count + 1, Count + 2} | List]).

floats(0, List) -> List;
floats(Count, List) -> floats(Count - 1, [Count * 0.5 | List]).

strings(0, List) -> List;
strings(Count, List) -> strings(Count - 1, [integer_to_list(1000000000 + Count) | List]).

%% Words on the heap, none of them shared.
words(Term) -> erts_debug:flat_size(Term).

%% The sum of every number in the structure.
digest("list", List) -> sum(List, 0);
digest("tree", Tree) -> leaves(Tree);
digest("tuples", List) -> lists:foldl(fun({A, B, C}, Sum) -> Sum + A + B + C end, 0, List);
digest("floats", List) -> round(sum(List, 0));
digest("strings", List) -> lists:foldl(fun(String, Sum) -> sum(String, Sum) end, 0, List);
digest("map", Map) -> maps:fold(fun(Key, Value, Sum) -> Sum + Key + Value end, 0, Map).

sum([], Sum) -> Sum;
sum([Head | Tail], Sum) -> sum(Tail, Sum + Head).

leaves({Left, Right}) -> leaves(Left) + leaves(Right);
leaves(Leaf) -> Leaf.
