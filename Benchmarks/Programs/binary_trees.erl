%% Binary trees of tuples built, counted and dropped, beside one tree that lives throughout.
-module(binary_trees).
-export([main/0, main/1, run/1]).

main() -> run(16).
main([Size]) -> run(list_to_integer(Size)).

%% Size: depth of the deepest trees (at least 4). The answer is the node count of the tree that
%% lives throughout, then for each depth how many trees were built and their nodes in all.
run(Size) ->
    LongLived = tree(Size),
    Counts = depths(4, Size),
    {count(LongLived), Counts}.

depths(Depth, Deepest) when Depth > Deepest -> [];
depths(Depth, Deepest) ->
    Trees = 1 bsl (Deepest - Depth + 4),
    Nodes = build(Trees, Depth, 0),
    [{Depth, Trees, Nodes} | depths(Depth + 2, Deepest)].

build(0, _, Nodes) -> Nodes;
build(Trees, Depth, Nodes) -> build(Trees - 1, Depth, Nodes + count(tree(Depth))).

tree(0) -> {leaf, leaf};
tree(Depth) -> {tree(Depth - 1), tree(Depth - 1)}.

count({leaf, leaf}) -> 1;
count({Left, Right}) -> 1 + count(Left) + count(Right).
