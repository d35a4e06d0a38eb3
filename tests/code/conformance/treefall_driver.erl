%% Stands in for the driver of `treefall beam`, where its interpreter runs on treefall itself: one scenario with Erlang's
%% and Elixir's own behaviours. What its clients are answered, and how they end, must be one of the outcomes that
%% treefall's own behaviours come to, or anything at all if those are not all known.
-module(treefall_driver).
-export([main/1, trees/1, client/5, program/1, definition/1, module/1, application/1, patience/0, await/1]).

%% Who has not ended by then never ends.
-define(LIMIT_MS, 50000).

%% The outcome with this number does not count.
main(LeftOut) ->
    persistent_term:put(treefall_began, erlang:monotonic_time(millisecond)),
    tables(),
    program(roots) =:= [] orelse boot(),
    Clients = [start(Client) || {_, Client} <- program(clients)],
    [Pid ! Start || {Pid, _, Start} <- Clients],
    Came = lists:sort([over(Pid, Monitor) || {Pid, Monitor, _} <- Clients]),
    case treefall_this:expected() of
        any -> lists:member("exits: expectation_failed", Came) andalso error({broken, Came});
        All -> lists:member(Came, without(LeftOut, All)) orelse error({came_to, Came})
    end,
    ok.

%% The parent of all trees outlives them.
boot() ->
    Boot = spawn(?MODULE, trees, [self()]),
    receive {Boot, ready} -> ok end.

trees(Main) ->
    process_flag(trap_exit, true),
    [catch treefall_start:launch(What, Label, Name, {link, []}, []) || {_, {tree, What, Label, Name}} <- program(roots)],
    Main ! {self(), ready},
    receive nothing_more -> ok end.

without(Nth, All) -> [Outcome || {At, Outcome} <- lists:zip(lists:seq(1, length(All)), All), At =/= Nth].

tables() ->
    [ets:new(Name, [named_table, public, set]) || Name <- [treefall_counts, treefall_shared, treefall_timers, treefall_clients]],
    ets:new(treefall_people, [named_table, public, duplicate_bag]),
    [ets:insert(treefall_shared, {{var, Name}, Value}) || {Name, Value} <- program(shared)].

start({Name, Label, TrapExit, Body}) ->
    Start = make_ref(),
    {Pid, Monitor} = spawn_monitor(?MODULE, client, [self(), Label, TrapExit, Body, Start]),
    Name =:= undefined orelse (catch register(Name, Pid)),
    ets:insert(treefall_people, {person, Pid, Label, client, [Label]}),
    ets:insert(treefall_clients, {Name, Pid}),
    {Pid, Monitor, Start}.

client(Main, Label, TrapExit, Body, Start) ->
    treefall_script:client(Label, TrapExit, Body, Start),
    Told = case lists:member(Label, treefall_this:answered()) of
        true -> treefall_trace:told();
        false -> []
    end,
    Main ! {told, self(), Told}.

%% What a client came to: what it was answered, or what it died of.
over(Pid, Monitor) ->
    receive
        {'DOWN', Monitor, process, _, normal} ->
            receive {told, Pid, Told} -> treefall_words:numbered(lists:join("; ", [treefall_words:of_term(T) || T <- Told])) end;
        {'DOWN', Monitor, process, _, Reason} ->
            treefall_words:numbered(["exits: ", treefall_words:of_term(treefall_start:clean(Reason))])
    after ?LIMIT_MS -> "never ends"
    end.

program(Key) -> maps:get(Key, treefall_this:program()).
definition(Key) -> maps:get(Key, program(definitions)).
module(Name) -> maps:find(Name, program(modules)).
application(Name) -> maps:get(Name, program(applications)).
patience() -> program(patience).

await(Name) ->
    [{_, Pid}] = ets:lookup(treefall_clients, Name),
    Reference = monitor(process, Pid),
    receive {'DOWN', Reference, process, _, _} -> ok end.
