%% Whether anything can still happen. Time passes only when nothing else can, so who wakes up looks at a world at rest,
%% and has only to ask whether somebody waits for a moment in time. Who does says so in its own dictionary.
-module(treefall_quiet).
-export([waiting/2, timed/0, calm/0, timer/1, settle/1]).

waiting(infinity, Fun) -> Fun();
waiting(_, Fun) ->
    timed(),
    try Fun()
    after calm()
    end.

timed() -> put(treefall_busy, true).
calm() -> erase(treefall_busy).
timer(Reference) -> ets:insert(treefall_timers, {Reference}).

settle(Within) ->
    put(treefall_settling, true),
    Now = erlang:monotonic_time(millisecond),
    Deadline = case Within of
        infinity -> infinity;
        _ -> Now + Within
    end,
    Result = look(Deadline, none, Now),
    erase(treefall_settling),
    Result.

look(Deadline, Before, Since) ->
    receive after 1 -> ok end,
    Now = erlang:monotonic_time(millisecond),
    Seen = lists:flatmap(fun({Pid, _, _, _, Kind}) -> state(Pid, Kind) end, treefall_people:all()),
    Timers = [T || {T} <- ets:tab2list(treefall_timers), erlang:read_timer(T) =/= false],
    Busy = Timers =/= [] orelse lists:keymember(busy, 1, Seen),
    Waiting = lists:keymember(waiting, 1, Seen),
    Patience = treefall_driver:patience(),
    if
        not Busy, not Waiting -> true;
        not Busy, Seen =:= Before, Now - Since > Patience -> true;
        Deadline =/= infinity, Now > Deadline -> false;
        Seen =:= Before -> look(Deadline, Seen, Since);
        true -> look(Deadline, Seen, Now)
    end.

%% Of one that is dead there is nothing to say. `waiting` is for supervisors that wait for a child to end: from outside
%% nobody can see for how long. Who waits until all is quiet is taken no account of.
state(Pid, _) when Pid =:= self() -> [];
state(Pid, Kind) ->
    case process_info(Pid, [current_function, message_queue_len, dictionary]) of
        undefined -> [];
        [{_, {Module, Function, _}}, Queue, {dictionary, Dictionary}] ->
            Has = fun(Key) -> proplists:get_value(Key, Dictionary, false) end,
            Rests = Kind =:= worker orelse Kind =:= client orelse {Module, Function} =:= {gen_server, loop}
                orelse Module =:= proc_lib orelse Module =:= gen orelse Function =:= hibernate,
            case {Has(treefall_settling), Has(treefall_busy)} of
                {true, _} -> [];
                {_, true} -> [{busy, Pid, Queue}];
                _ when Rests -> [{quiet, Pid, Queue}];
                _ -> [{waiting, Pid, Queue}]
            end
    end.
