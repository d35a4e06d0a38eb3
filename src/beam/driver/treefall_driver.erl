%% Runs one scenario on this Erlang and prints what happened.
%%
%% The program is a term in a file: what the scenario defines, and what it starts. Supervisors, servers,
%% dynamic supervisors and applications are Erlang's and Elixir's own; only what scenarios script is ours.
%% Where the scenario has two nodes, this is the first, and the same is done on the other.
-module(treefall_driver).
-export([main/0, watch_input/1, load/1, prepare/2, begin_now/0, ask_boot/1, go/1, finish/0]).
-export([program/1, definition/1, module/1, application/1, patience/0, await/1]).

main() ->
    [Folder, File, Chaos] = init:get_plain_arguments(),
    spawn(fun() -> watch_input(Folder) end),
    {ok, [Program]} = file:consult(File),
    load(Folder),
    treefall_gaps:load(Folder),
    treefall_nodes:start(Program, Folder, Chaos),
    %% Whatever happens from here on, no file is left.
    file:del_dir_r(Folder),
    prepare(Program, Chaos),
    treefall_nodes:connect(Program),
    align(maps:get(align, Program)),
    treefall_nodes:everywhere(?MODULE, begin_now, []),
    Self = self(),
    Starter = spawn(fun() -> start(), Self ! {started, self()} end),
    receive {started, Starter} -> ok after maps:get(limit, Program) -> ok end,
    How = case treefall_quiet:over(maps:get(limit, Program)) of
        true -> settled;
        false -> limit
    end,
    Told = [{Node, treefall_nodes:at(Node, ?MODULE, finish, [])} || Node <- treefall_nodes:names()],
    Late = lists:max([Late || {_, {_, Late}} <- Told]),
    treefall_trace:print([{Node, Events} || {Node, {Events, _}} <- Told], finals() ++ [{ended, How, Late}]),
    erlang:halt(0).

%% Loads the driver's modules, for their files will be gone.
load(Folder) -> [{module, Module} = code:ensure_loaded(Module) || Module <- modules(Folder)].

%% Makes this node ready to start what the program says.
prepare(Program, Chaos) ->
    persistent_term:put(treefall_program, Program),
    tables(Program),
    treefall_start:define(maps:get(shims, Program)),
    case maps:get(elixir, Program) of
        true ->
            {ok, _} = application:ensure_all_started(elixir),
            treefall_spec:define(maps:get(child_specs, Program)),
            [warm(Module) || Module <- ['Elixir.DynamicSupervisor', 'Elixir.Task', 'Elixir.Task.Supervised', 'Elixir.Task.Supervisor']];
        false -> ok
    end,
    [load_application(Name) || Name <- maps:keys(maps:get(applications, Program))],
    treefall_trace:start(),
    [warm(Module) || Module <- [supervisor, gen_server, proc_lib, gen, sys, timer, lists, proplists, application, application_master, rand, string]],
    persistent_term:put(treefall_chaos, list_to_atom(Chaos)),
    ok.

%% Time begins.
begin_now() ->
    persistent_term:put(treefall_began, erlang:monotonic_time(millisecond)),
    Boot = spawn(fun boot/0),
    persistent_term:put(treefall_boot, Boot),
    treefall_trace:follow(Boot),
    maps:size(program(applications)) =:= 0 orelse treefall_trace:follow(whereis(application_controller)),
    watch_time(),
    ok.

%% Starts the trees in file order, then the clients, all at once, each on its node.
start() ->
    [boot(Node, {start, Root}) || {Node, Root} <- program(roots)],
    Clients = [{Node, boot(Node, {client, Client})} || {Node, Client} <- program(clients)],
    [treefall_nodes:at(Node, ?MODULE, go, [Client]) || {Node, Client} <- Clients].

boot(Node, What) -> treefall_nodes:at(Node, ?MODULE, ask_boot, [What]).

ask_boot(What) ->
    Reference = make_ref(),
    persistent_term:get(treefall_boot) ! {self(), Reference, What},
    receive {Reference, Result} -> Result end.

go({Pid, Start}) -> Pid ! Start.

%% All is over here: what happened, and by how much this node was late.
finish() ->
    erlang:trace(all, false, [procs]),
    Happened = treefall_trace:finish(),
    [{late, Late}] = ets:lookup(treefall_counts, late),
    {Happened ++ trees(), Late}.

%% Whoever has started this virtual machine holds its input open. When it is gone, so are we.
watch_input(Folder) ->
    case io:get_chars(standard_io, '', 1) of
        Text when is_list(Text); is_binary(Text) -> watch_input(Folder);
        _ ->
            file:del_dir_r(Folder),
            erlang:halt(3)
    end.

modules(Folder) ->
    {ok, Files} = file:list_dir(Folder),
    [list_to_atom(filename:rootname(File)) || File <- Files, filename:extension(File) =:= ".beam"].

%% Notes by how many milliseconds somebody who wanted to sleep for a moment woke up too late, at worst: what
%% happens then is the doing of a busy machine.
watch_time() ->
    ets:insert(treefall_counts, {late, 0}),
    spawn(fun() ->
        process_flag(priority, high),
        watch_time(erlang:monotonic_time(microsecond))
    end).

watch_time(Before) ->
    receive after 2 -> ok end,
    Now = erlang:monotonic_time(microsecond),
    %% A timer of two milliseconds may take three.
    Late = (Now - Before) div 1000 - 3,
    [{late, Worst}] = ets:lookup(treefall_counts, late),
    Late =< Worst orelse ets:insert(treefall_counts, {late, Late}),
    watch_time(Now).

warm(Module) -> code:ensure_loaded(Module).

tables(Program) ->
    Make = fun(Name, Type) -> ets:new(Name, [named_table, public, Type, {write_concurrency, true}]) end,
    Make(treefall_events, ordered_set),
    [Make(Name, set) || Name <- [treefall_people, treefall_counts, treefall_shared, treefall_busy, treefall_timers, treefall_settling, treefall_clients]],
    [ets:insert(treefall_shared, {{var, Name}, Value}) || {Name, Value} <- maps:get(shared, Program)],
    ok.

%% The restart window counts whole seconds: a scenario begins with one.
align(false) -> ok;
align(true) ->
    Second = erlang:convert_time_unit(1, second, native),
    Rest = Second - (erlang:monotonic_time() rem Second + Second) rem Second,
    timer:sleep(erlang:convert_time_unit(Rest, native, millisecond)).

load_application(Name) ->
    ok = application:load({application, Name, [
        {description, ""}, {vsn, "1"}, {modules, []}, {registered, []}, {applications, [kernel, stdlib]},
        {mod, {list_to_atom("treefall:" ++ atom_to_list(Name)), []}}
    ]}).

%% Starts what it is told to, and is the parent of every top supervisor of its node.
boot() ->
    process_flag(trap_exit, true),
    booting().

booting() ->
    receive
        {From, Reference, {start, Root}} ->
            start(Root),
            From ! {Reference, ok},
            booting();
        {From, Reference, {client, Client}} ->
            From ! {Reference, start_client(Client)},
            booting();
        _ -> booting()
    end.

start({tree, What, Label, Name}) -> catch treefall_start:launch(What, Label, Name, {link, []}, []);
start({application, Name, Type}) -> application:start(Name, Type).

start_client({Name, Label, TrapExit, Body}) ->
    Start = make_ref(),
    treefall_trace:event({label, self(), Label}),
    {Pid, _} = spawn_monitor(treefall_script, client, [Label, TrapExit, Body, Start]),
    Name =:= undefined orelse (catch register(Name, Pid)),
    ets:insert(treefall_people, {Pid, erlang:unique_integer([monotonic]), Label, 1, client}),
    ets:insert(treefall_clients, {Name, Pid}),
    {Pid, Start}.

%% Every supervisor that lives, with what it says of its children.
trees() ->
    [
        {tree, Pid, children(Pid)}
     || {Pid, _, _, _, Kind} <- treefall_people:all(),
        lists:member(Kind, [supervisor, dynamic_supervisor, task_supervisor]),
        is_process_alive(Pid)
    ].

children(Pid) ->
    try gen_server:call(Pid, which_children, 500) of
        Children -> [{Id, Child} || {Id, Child, _, _} <- treefall_start:clean(Children)]
    catch
        exit:_ -> busy
    end.

%% What the shared variables hold that the scenario's outcomes are made of.
finals() ->
    Held = fun(Name) ->
        [{_, Term}] = ets:lookup(treefall_shared, {var, Name}),
        treefall_start:clean(Term)
    end,
    case program(outcomes) of
        [] -> [];
        Names -> [{finals, [{Name, Held(Name)} || Name <- Names]}]
    end.

%% What the program says.
program(Key) -> maps:get(Key, persistent_term:get(treefall_program)).
definition(Key) -> maps:get(Key, program(definitions)).
module(Name) -> maps:find(Name, program(modules)).
application(Name) -> maps:get(Name, program(applications)).
patience() -> program(patience).

await(Name) ->
    [{_, Pid}] = ets:lookup(treefall_clients, Name),
    Reference = monitor(process, Pid),
    receive {'DOWN', Reference, process, _, _} -> ok end.
