%% Properties of PropEr: one that holds, and one that does not, of which the smallest case is found.
-module(proved).
-export([proper/0]).

proper() ->
    Lists = proper_types:list(proper_types:integer()),
    true = proper:quickcheck(proper:forall(Lists, fun(L) -> lists:reverse(lists:reverse(L)) =:= L end), [quiet, {numtests, 20}]),
    false = proper:quickcheck(proper:forall(proper_types:integer(), fun(N) -> N < 3 end), [quiet, {numtests, 100}]),
    [3] = proper:counterexample(),
    ok.
