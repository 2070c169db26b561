%% A long-lived queue of two lists: every element survives a while, then dies in order of age.
%% (The name keeps clear of the module queue that comes with Erlang.)
-module(two_list_queue).
-export([main/0, main/1, run/1]).

main() -> run(100000).
main([Size]) -> run(list_to_integer(Size)).

%% Size: elements that stay in the queue while ten times as many pass through.
%% The answer: a digest of the elements in the order they left, and how many were left over.
run(Size) ->
    Full = fill(Size, {[], []}),
    {Queue, Digest} = pass(10 * Size, Size, Full, 0),
    drain(Queue, Digest, 0).

fill(0, Queue) -> Queue;
fill(Count, Queue) -> fill(Count - 1, in(element_of(Count), Queue)).

pass(0, _, Queue, Digest) -> {Queue, Digest};
pass(Count, Size, Queue, Digest) ->
    {Element, Shorter} = out(in(element_of(Count + Size), Queue)),
    pass(Count - 1, Size, Shorter, mix(Element, Digest)).

drain(Queue, Digest, Count) ->
    case out(Queue) of
        empty -> {Digest, Count};
        {Element, Shorter} -> drain(Shorter, mix(Element, Digest), Count + 1)
    end.

element_of(Number) -> {Number, Number * 7 rem 1013}.

mix({Number, Payload}, Digest) -> (Digest * 31 + Number + Payload) rem 1000000007.

in(Element, {Front, Back}) -> {Front, [Element | Back]}.

out({[Element | Front], Back}) -> {Element, {Front, Back}};
out({[], []}) -> empty;
out({[], Back}) -> out({reverse(Back, []), []}).

reverse([], Done) -> Done;
reverse([Head | Tail], Done) -> reverse(Tail, [Head | Done]).
