%% Short-lived lists beside a large structure that stays: the case generations are made for.
-module(churn).
-export([main/0, main/1, run/1]).

main() -> run(16).
main([Size]) -> run(list_to_integer(Size)).

%% Size: depth of the tree that stays (3 * 2^Size words); 4 * 2^Size lists of twenty cells come
%% and go. The answer: a digest of the lists, and the sum of the tree's leaves.
run(Size) ->
    Tree = tree(Size, 1),
    Digest = rounds(4 bsl Size, Tree, Size, 0),
    {Digest, leaves(Tree)}.

tree(0, Number) -> Number;
tree(Depth, Number) -> {tree(Depth - 1, 2 * Number), tree(Depth - 1, 2 * Number + 1)}.

rounds(0, _, _, Digest) -> Digest;
rounds(Round, Tree, Depth, Digest) ->
    List = fill(20, Round, []),
    Leaf = walk(Depth, Round, Tree),
    rounds(Round - 1, Tree, Depth, (Digest * 31 + add(List, 0) + Leaf) rem 1000000007).

fill(0, _, List) -> List;
fill(Count, Value, List) -> fill(Count - 1, Value, [Value + Count | List]).

add([], Sum) -> Sum;
add([Head | Tail], Sum) -> add(Tail, Sum + Head).

%% One leaf of the old tree, chosen by the bits of the round.
walk(0, _, Leaf) -> Leaf;
walk(Depth, Bits, {Left, _}) when Bits band 1 =:= 0 -> walk(Depth - 1, Bits bsr 1, Left);
walk(Depth, Bits, {_, Right}) -> walk(Depth - 1, Bits bsr 1, Right).

leaves({Left, Right}) -> leaves(Left) + leaves(Right);
leaves(Leaf) -> Leaf.
