%% Disturbs processes, so that many runs show many orders.
-module(treefall_chaos).
-export([perhaps/0, gap/0]).

%% A scripted process. calm: not at all. jostled: by a little work and by letting others go first. disturbed: by
%% short sleeps too, which would spoil a scenario that counts milliseconds.
perhaps() ->
    case {chaos(), rand:uniform(8)} of
        {calm, _} -> ok;
        {disturbed, 1} -> sleep();
        {_, 2} -> erlang:yield();
        {_, 3} -> work(rand:uniform(2000));
        {_, _} -> ok
    end.

%% A process in the code of OTP, where treefall_gaps has put this: it lets the others go first, more than once. Before
%% the first thing that it does that would be the same as having started later.
gap() ->
    case {chaos(), put(treefall_acts, true), rand:uniform(3)} of
        {calm, _, _} -> ok;
        {_, undefined, _} -> ok;
        {disturbed, _, 1} -> sleep();
        {_, _, 2} -> yield(rand:uniform(100));
        {_, _, _} -> ok
    end.

chaos() -> persistent_term:get(treefall_chaos, calm).

sleep() ->
    Time = rand:uniform(3) - 1,
    treefall_quiet:waiting(Time, fun() -> timer:sleep(Time) end).

yield(0) -> ok;
yield(N) ->
    erlang:yield(),
    work(100),
    yield(N - 1).

work(0) -> ok;
work(N) -> work(N - 1).
