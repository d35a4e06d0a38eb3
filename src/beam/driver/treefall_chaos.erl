%% Disturbs scripted processes, so that many runs show many orders.
-module(treefall_chaos).
-export([perhaps/0]).

%% calm: not at all. jostled: by a little work, by letting others go first and by changing priorities. disturbed:
%% by short sleeps too, which would spoil a scenario that counts milliseconds.
perhaps() ->
    case {persistent_term:get(treefall_chaos, calm), rand:uniform(8)} of
        {calm, _} -> ok;
        {disturbed, 1} ->
            Time = rand:uniform(3) - 1,
            treefall_quiet:waiting(Time, fun() -> timer:sleep(Time) end);
        {_, 2} -> erlang:yield();
        {_, 3} -> work(rand:uniform(2000));
        %% One of low priority runs after eight turns of the others (process_flag/2).
        {_, 4} -> process_flag(priority, lists:nth(rand:uniform(2), [low, normal]));
        {_, _} -> ok
    end.

work(0) -> ok;
work(N) -> work(N - 1).
