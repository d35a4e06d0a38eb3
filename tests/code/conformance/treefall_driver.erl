%% Stands in for the driver of `treefall beam`, where its interpreter runs on treefall itself: one scenario with Erlang's
%% and Elixir's own behaviours, without tracing and without files. It raises if a client has met what it did not expect.
-module(treefall_driver).
-export([main/1, program/1, definition/1, module/1, application/1, patience/0, await/1]).

main(Number) ->
    Program = programs:program(Number),
    [persistent_term:put(Key, Value) || {Key, Value} <- [
        {treefall_program, Program}, {treefall_is_first, true}, {treefall_nodes, []}, {treefall_real, []},
        {treefall_chaos, calm}, {treefall_began, erlang:monotonic_time(millisecond)}
    ]],
    tables(Program),
    Boot = spawn(fun boot/0),
    [ask(Boot, {start, Root}) || {_, Root} <- program(roots)],
    Clients = [ask(Boot, {client, Client}) || {_, Client} <- program(clients)],
    [Pid ! Start || {Pid, Start} <- Clients],
    true = treefall_quiet:over(maps:get(limit, Program)),
    [] = [Failed || {_, Failed} <- ets:tab2list(treefall_failures)],
    ok.

tables(Program) ->
    Make = fun(Name, Type) -> ets:new(Name, [named_table, public, Type]) end,
    [Make(Name, ordered_set) || Name <- [treefall_events, treefall_failures]],
    [Make(Name, set) || Name <- [treefall_people, treefall_counts, treefall_shared, treefall_busy, treefall_timers, treefall_settling, treefall_clients]],
    [ets:insert(treefall_shared, {{var, Name}, Value}) || {Name, Value} <- maps:get(shared, Program)],
    ok.

ask(Boot, What) ->
    Reference = make_ref(),
    Boot ! {self(), Reference, What},
    receive {Reference, Result} -> Result end.

boot() ->
    process_flag(trap_exit, true),
    booting().

booting() ->
    receive
        {From, Reference, {start, {tree, What, Label, Name}}} ->
            catch treefall_start:launch(What, Label, Name, {link, []}, []),
            From ! {Reference, ok};
        {From, Reference, {client, Client}} -> From ! {Reference, start_client(Client)};
        _ -> ok
    end,
    booting().

start_client({Name, Label, TrapExit, Body}) ->
    Start = make_ref(),
    {Pid, _} = spawn_monitor(treefall_script, client, [Label, TrapExit, Body, Start]),
    Name =:= undefined orelse (catch register(Name, Pid)),
    ets:insert(treefall_people, {Pid, erlang:unique_integer([monotonic]), Label, 1, client}),
    ets:insert(treefall_clients, {Name, Pid}),
    {Pid, Start}.

program(Key) -> maps:get(Key, persistent_term:get(treefall_program)).
definition(Key) -> maps:get(Key, program(definitions)).
module(Name) -> maps:find(Name, program(modules)).
application(Name) -> maps:get(Name, program(applications)).
patience() -> program(patience).

await(Name) ->
    [{_, Pid}] = ets:lookup(treefall_clients, Name),
    Reference = monitor(process, Pid),
    receive {'DOWN', Reference, process, _, _} -> ok end.
