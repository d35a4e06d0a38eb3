%% Whether anything can still happen: the real counterpart of waiting until all is settled.
%%
%% All is quiet when every process of the scenario waits, nobody waits for a moment in time, no timer is
%% pending, and several looks in a row see the same.
-module(treefall_quiet).
-export([waiting/2, timed/0, calm/0, timer/1, settle/1, over/1, here/1]).

-define(PAUSE_MS, 3).
-define(LOOKS, 5).

%% Runs what waits at most so long: while it does, the process is not at rest.
waiting(infinity, Fun) -> Fun();
waiting(_, Fun) ->
    ets:insert(treefall_busy, {self()}),
    try Fun()
    after ets:delete(treefall_busy, self())
    end.

%% The server will get a timeout.
timed() -> ets:insert(treefall_busy, {self()}).

%% It waits for no moment in time any more.
calm() -> ets:delete(treefall_busy, self()).

timer(Reference) -> ets:insert(treefall_timers, {Reference}).

%% Waits until all is quiet; false if that takes longer than Within.
settle(Within) ->
    ets:insert(treefall_settling, {self()}),
    Deadline = case Within of
        infinity -> infinity;
        _ -> erlang:monotonic_time(millisecond) + Within
    end,
    Result = look(Deadline, none, 0, 0),
    ets:delete(treefall_settling, self()),
    Result.

%% Waits until the whole run is over: all is quiet, and nobody is about to notice that.
over(Within) -> look(erlang:monotonic_time(millisecond) + Within, none, 0, 0).

look(Deadline, Before, Same, Since) ->
    Now = erlang:monotonic_time(millisecond),
    {State, Seen} = snapshot(),
    Patience = treefall_driver:patience(),
    case {State, Seen =:= Before} of
        {quiet, true} when Same >= ?LOOKS -> true;
        {waiting, true} when Now - Since > Patience -> true;
        {_, _} when Deadline =/= infinity, Now > Deadline -> false;
        {_, true} ->
            timer:sleep(?PAUSE_MS),
            look(Deadline, Before, Same + 1, Since);
        {_, false} ->
            timer:sleep(?PAUSE_MS),
            look(Deadline, Seen, 0, Now)
    end.

%% All nodes are looked at, after what they have sent each other has arrived.
snapshot() ->
    Settling = ets:member(treefall_settling, self()),
    Flushed = treefall_nodes:flush() andalso lists:all(fun(Agree) -> Agree end,
        treefall_nodes:everywhere(treefall_nodes, names_agree, [])),
    Looks = treefall_nodes:everywhere(?MODULE, here, [Settling]),
    {States, Seen} = lists:unzip(Looks),
    State = case {lists:member(busy, States) orelse not Flushed, lists:member(waiting, States)} of
        {true, _} -> busy;
        {false, true} -> waiting;
        {false, false} -> quiet
    end,
    {State, Seen}.

%% What one node is doing. A client that waits until all is quiet takes no account of others that do.
%% `waiting` is for supervisors that wait for a child to end: from outside nobody can see for how long.
here(IsClient) ->
    Settling = [Pid || {Pid} <- ets:tab2list(treefall_settling), is_process_alive(Pid)],
    People = [{Pid, Kind} || {Pid, _, _, _, Kind} <- treefall_people:all(),
        not (IsClient andalso lists:member(Pid, Settling)), is_process_alive(Pid)],
    Infos = [{Pid, Kind, process_info(Pid, [status, current_function, message_queue_len])} || {Pid, Kind} <- People],
    States = [state(Pid, Kind, Info, Settling) || {Pid, Kind, Info} <- Infos],
    Timers = [T || {T} <- ets:tab2list(treefall_timers), erlang:read_timer(T) =/= false],
    State = case {lists:member(busy, States) orelse Timers =/= [], lists:member(waiting, States)} of
        {true, _} -> busy;
        {false, true} -> waiting;
        {false, false} -> quiet
    end,
    {State, {ets:info(treefall_events, size), Infos}}.

state(_, _, undefined, _) -> busy;
state(Pid, Kind, [{status, Status}, {current_function, {Module, Function, _}}, _], Settling) ->
    Marked = ets:member(treefall_busy, Pid) orelse lists:member(Pid, Settling),
    if
        Status =/= waiting, Status =/= suspended -> busy;
        Marked -> busy;
        %% It waits for what the driver knows elsewhere, or for a module to be loaded, as Elixir's are at
        %% their first use.
        Module =:= treefall_wire; Module =:= code_server; Module =:= code; Module =:= error_handler -> busy;
        Kind =/= supervisor, Kind =/= dynamic_supervisor, Kind =/= task_supervisor -> quiet;
        Module =:= gen_server, Function =:= loop -> quiet;
        Module =:= erlang, Function =:= hibernate -> quiet;
        Module =:= proc_lib; Module =:= gen -> quiet;
        true -> waiting
    end.
