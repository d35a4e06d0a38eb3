%% The nodes of a scenario: each is a virtual machine of its own, connected with the other by Erlang's
%% distribution.
%%
%% The first node of the file starts the other, knows what both share, and prints what happened on both. A file
%% without nodes is one node that is called `nonode`. What the driver itself asks of the other node goes over
%% treefall_wire, so that it changes nothing between the nodes.
-module(treefall_nodes).
-export([start/3, join/0, connect/1, other_gone/0]).
-export([names/0, at/4, where/1, everywhere/3, first/3, real/1, plain/1, is_node/1]).
-export([change/1, flush/0]).
-export([prepare/2, begin_distribution/1, controller/0, is_settled/0, names_agree/0]).

%% Where the other node finds what it says first.
-define(TOKEN, "TREEFALL_TOKEN").
-define(PAUSE_MS, 1).
%% How long an echo over the connection may take before the connection counts as changing.
-define(ECHO_MS, 1000).

%% The first node, before anything runs: the other node is started, if there is one.
start(#{nodes := []}, _, _) ->
    persistent_term:put(treefall_is_first, true),
    persistent_term:put(treefall_nodes, []),
    persistent_term:put(treefall_real, []);
start(#{nodes := [Mine, Other]} = Program, Folder, Chaos) ->
    remember(Mine, Other, true),
    {Listener, Port} = treefall_wire:listen(),
    Token = token(),
    spawn(fun() -> keep(Folder, Port, Token) end),
    treefall_wire:accept(Listener, Token),
    at(Other, ?MODULE, prepare, [Program, Chaos]).

%% The other node keeps its tables, whoever has asked for that.
prepare(#{nodes := [First, Mine]} = Program, Chaos) ->
    remember(Mine, First, false),
    Self = self(),
    {Keeper, Monitor} = spawn_monitor(fun() ->
        treefall_driver:prepare(Program, Chaos),
        Self ! {prepared, self()},
        receive never -> ok end
    end),
    receive
        {prepared, Keeper} -> demonitor(Monitor, [flush]), ok;
        {'DOWN', Monitor, process, Keeper, Reason} -> error(Reason)
    end.

%% The other virtual machine hangs on our port: it ends when that is closed, however we end. Nobody but its
%% user can read its environment.
keep(Folder, Port, Token) ->
    Paths = lists:append([["-pa", Path] || Path <- [Folder | elixir()]]),
    Options = ["+S", integer_to_list(erlang:system_info(schedulers)), "-noshell", "-boot", "start_clean"],
    Distribution = ["-start_epmd", "false", "-epmd_module", "treefall_epmd", "-setcookie", "nobody"],
    Entry = ["-s", ?MODULE_STRING, "join", "-extra", Folder, integer_to_list(Port)],
    Started = [
        {args, Options ++ Paths ++ Distribution ++ Entry},
        {env, [{?TOKEN, binary_to_list(Token)}]},
        exit_status, binary, stream
    ],
    listen(open_port({spawn_executable, os:find_executable("erl")}, Started), <<>>).

elixir() ->
    case code:where_is_file("Elixir.Kernel.beam") of
        non_existing -> [];
        File -> [filename:dirname(File)]
    end.

listen(Erl, Said) ->
    receive
        {Erl, {data, More}} -> listen(Erl, <<Said/binary, More/binary>>);
        {Erl, {exit_status, _}} ->
            io:put_chars(standard_error, Said),
            other_gone()
    end.

%% The other node, which is told what to do over the wire.
join() ->
    [Folder, Port] = init:get_plain_arguments(),
    spawn(fun() -> treefall_driver:watch_input(Folder) end),
    treefall_driver:load(Folder),
    treefall_gaps:load(Folder),
    treefall_wire:connect(list_to_integer(Port), list_to_binary(os:getenv(?TOKEN))).

%% The first node says so, since somebody reads that. The other ends with it.
other_gone() ->
    is_first() andalso io:put_chars(standard_error, "the other node has ended\n"),
    erlang:halt(4).

is_first() -> persistent_term:get(treefall_is_first).

token() -> iolist_to_binary([integer_to_list(N, 16) || <<N>> <= random()]).

random() ->
    {ok, Device} = file:open("/dev/urandom", [read, raw, binary]),
    {ok, Bytes} = file:read(Device, 16),
    ok = file:close(Device),
    Bytes.

%% A node of the file may be called what no node of Erlang can be.
remember(Mine, Other, IsFirst) ->
    %% In the order of their names: `global` goes by that.
    Real = lists:zip(lists:sort([Mine, Other]), ['treefall_1@localhost', 'treefall_2@localhost']),
    persistent_term:put(treefall_is_first, IsFirst),
    persistent_term:put(treefall_nodes, [Mine, Other]),
    persistent_term:put(treefall_real, Real).

%% Both nodes become what they are called, and are connected.
connect(#{nodes := []}) -> ok;
connect(#{nodes := [_, Other]}) ->
    Cookie = binary_to_atom(token()),
    [ok, ok] = everywhere(?MODULE, begin_distribution, [Cookie]),
    treefall_epmd:learn(at(Other, treefall_epmd, port, [])),
    at(Other, treefall_epmd, learn, [treefall_epmd:port()]),
    true = net_kernel:connect_node(real(Other)),
    until(fun() ->
        at(Other, ?MODULE, is_settled, []) andalso at(Other, erlang, nodes, []) =/= [] andalso
            everywhere(?MODULE, names_agree, []) =:= [true, true]
    end).

begin_distribution(Cookie) ->
    application:set_env(kernel, inet_dist_use_interface, {127, 0, 0, 1}),
    {ok, _} = net_kernel:start([real(hd(names())), shortnames]),
    erlang:set_cookie(Cookie),
    register(treefall_echo, spawn(fun echo/0)),
    ok.

%% Where.

%% All nodes, the own one first.
names() ->
    case persistent_term:get(treefall_nodes) of
        [] -> [nonode];
        Names -> Names
    end.

other() -> lists:nth(2, persistent_term:get(treefall_nodes)).

%% Calls a function on a node, by the name that the file gives it.
at(Node, Module, Function, Arguments) ->
    case names() of
        [Node | _] -> apply(Module, Function, Arguments);
        _ -> treefall_wire:call(Module, Function, Arguments)
    end.

%% On which node a process lives.
where(Pid) when node(Pid) =:= node() -> hd(names());
where(Pid) -> plain(node(Pid)).

%% The same on each node, the own one first.
everywhere(Module, Function, Arguments) -> [at(Node, Module, Function, Arguments) || Node <- names()].

%% On the node that knows what all share.
first(Module, Function, Arguments) ->
    case is_first() of
        true -> apply(Module, Function, Arguments);
        false -> treefall_wire:call(Module, Function, Arguments)
    end.

is_node(Name) -> lists:member(Name, persistent_term:get(treefall_nodes)).

%% What a node of the file is called in Erlang, and the other way round. Every other atom is left as it is.
real(Name) -> proplists:get_value(Name, persistent_term:get(treefall_real), Name).

plain(Atom) ->
    case lists:keyfind(Atom, 2, persistent_term:get(treefall_real)) of
        {Name, _} -> Name;
        false -> Atom
    end.

%% The connection.

%% `disconnect`, `cut` and `heal`: done when both nodes know it.
change(Change) -> treefall_quiet:waiting(0, fun() -> changed(Change) end).

changed(heal) -> everywhere(treefall_epmd, cut, [false]), true;
changed(disconnect) -> lose(), true;
changed(cut) ->
    everywhere(treefall_epmd, cut, [true]),
    lose(),
    %% Who was about to connect when it was cut has done so, or has given up.
    until(fun() ->
        case {everywhere(?MODULE, is_settled, []), everywhere(erlang, nodes, [])} of
            {[true, true], [[], []]} -> true;
            {[true, true], _} -> lose(), false;
            {_, _} -> false
        end
    end),
    true.

lose() ->
    There = at(other(), ?MODULE, controller, []),
    erlang:disconnect_node(real(other())),
    There =:= none orelse until(fun() -> at(other(), ?MODULE, controller, []) =/= There end).

%% What stands for the connection, as long as it is the same one.
controller() ->
    case erlang:system_info(dist_ctrl) of
        [{_, Controller} | _] -> {connected, Controller};
        [] -> none
    end.

%% Whether nobody is about to connect.
is_settled() ->
    {ok, Known} = net_kernel:nodes_info(),
    lists:all(fun({_, Info}) -> proplists:get_value(state, Info) =:= up end, Known).

%% Whether `global` has nothing left to do: it knows the names of every node that this one is connected with, and
%% nobody changes one.
names_agree() ->
    persistent_term:get(treefall_nodes) =:= [] orelse is_idle(global_state()).

%% As `global:info/0` asks, but not through `gen`, whose gaps may be stretched.
global_state() ->
    Tag = make_ref(),
    global_name_server ! {'$gen_call', {self(), Tag}, info},
    receive {Tag, State} -> State end.

%% global.erl, #state.synced and .the_registrar (OTP 25); that one sleeps for a while when it finds a lock taken.
is_idle(State) ->
    Registrar = process_info(element(9, State), [status, current_function, message_queue_len]),
    nodes() -- element(4, State) =:= [] andalso ets:info(global_locks, size) =:= 0 andalso
        [{status, waiting}, {current_function, {global, loop_the_registrar, 0}}, {message_queue_len, 0}] =:= Registrar.

until(Fun) ->
    case Fun() of
        true -> ok;
        false ->
            receive after ?PAUSE_MS -> ok end,
            until(Fun)
    end.

%% Waits until all that has been sent over the connection has arrived, both ways; false if that cannot be known.
flush() ->
    case persistent_term:get(treefall_nodes) of
        [] -> true;
        _ ->
            Reference = make_ref(),
            treefall_echo ! {flush, self(), Reference},
            receive {Reference, Result} -> Result end
    end.

echo() ->
    receive
        {flush, From, Reference} ->
            From ! {Reference, is_settled() andalso echoed()},
            echo();
        {echo, From, Reference} ->
            erlang:send(From, {echoed, Reference}, [noconnect]),
            echo();
        _ -> echo()
    end.

%% Both ends may ask at once, so each answers the other while it waits.
echoed() ->
    Reference = make_ref(),
    case erlang:send({treefall_echo, real(other())}, {echo, self(), Reference}, [noconnect]) of
        ok -> echoed(Reference, erlang:monotonic_time(millisecond) + ?ECHO_MS);
        noconnect -> true
    end.

echoed(Reference, Deadline) ->
    receive
        {echoed, Reference} -> true;
        {echo, From, Theirs} ->
            erlang:send(From, {echoed, Theirs}, [noconnect]),
            echoed(Reference, Deadline)
    after max(0, Deadline - erlang:monotonic_time(millisecond)) -> false
    end.
