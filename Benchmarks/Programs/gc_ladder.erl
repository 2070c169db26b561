%% Climbs and descends the ladder of heap sizes: a list built by recursion that is not a tail call,
%% so that stack and heap grow together, one built by a tail call, then small live sets under a lot
%% of garbage. It calls no native function, so its heap is the same words in every run.
%%
%%     erlc +deterministic gc_ladder.erl
-module(gc_ladder).
-export([main/0]).

main() ->
    First = down(700),
    Second = up(0, 6000, []),
    Total = sum(First, sum(Second, 0)),
    Third = quarter(Second),
    Churned = churn(600, Third, Total),
    Fourth = up(0, 4000, []),
    Fifth = quarter(Fourth),
    Last = churn(400, Fifth, sum(Third, Churned)),
    {Last, sum(down(2500), 0), sum(Fifth, 0)}.

%% Two words of stack and two of heap for each element.
down(0) -> [];
down(N) -> [N | down(N - 1)].

up(N, N, List) -> List;
up(I, N, List) -> up(I + 1, N, [I | List]).

sum([], Total) -> Total;
sum([N | Rest], Total) -> sum(Rest, Total + N).

quarter([A, _, _, _ | Rest]) -> [A | quarter(Rest)];
quarter(_) -> [].

%% Makes three-tuples in a list of ten, of which nothing lives on.
churn(0, _, Total) -> Total;
churn(N, Kept, Total) -> churn(N - 1, Kept, Total + count(triples(10, N, []), 0)).

triples(0, _, List) -> List;
triples(I, N, List) -> triples(I - 1, N, [{I, N, List} | List]).

count([], Count) -> Count;
count([{_, _, _} | Rest], Count) -> count(Rest, Count + 1).
