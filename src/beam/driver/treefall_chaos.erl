%% Disturbs scripted processes, so that many runs show many orders.
-module(treefall_chaos).
-export([perhaps/0]).

%% calm: not at all. jostled: by a little work and by letting others go first. disturbed: by short sleeps too,
%% which would spoil a scenario that counts milliseconds.
perhaps() ->
    case {persistent_term:get(treefall_chaos, calm), rand:uniform(8)} of
        {calm, _} -> ok;
        {disturbed, 1} ->
            Time = rand:uniform(3) - 1,
            treefall_quiet:waiting(Time, fun() -> timer:sleep(Time) end);
        {_, 2} -> erlang:yield();
        {_, 3} -> work(rand:uniform(2000));
        {_, _} -> ok
    end.

work(0) -> ok;
work(N) -> work(N - 1).
