%% What two connected nodes do when their connection is lost, one line a rule: the rules that scenarios/nodes
%% hold treefall to. It needs no epmd, and its peer ends with it.
-module(treefall_nodes).
-export([main/0, start/1, loop/0, is_there/1, kill/1]).

main() ->
    [Port] = init:get_plain_arguments(),
    logger:set_primary_config(level, none),
    code:which(peer) =:= non_existing andalso halt(0),
    spawn(fun() -> receive after 60000 -> halt(1) end end),
    process_flag(trap_exit, true),
    Distribution = ["-start_epmd", "false", "-erl_epmd_port", Port, "-setcookie", "treefall", "-kernel", "logger_level", "none", "-pa", "."],
    {ok, Peer, There} = peer:start(#{
        name => there, host => "localhost", connection => standard_io, args => Distribution
    }),
    put(there, There),
    pong = net_adm:ping(There),
    [begin net_adm:ping(There), say(Rule, catch rule(Rule, Peer, There)) end || Rule <- rules()],
    peer:stop(Peer),
    halt(0).

rules() ->
    [
        noconnection, reconnects, a_linked_server_dies, calls, nobody_there, nobody_here,
        looked_up_on_arrival, order_by_pid_and_name, exits, links_to_the_dead, unlink, only_near,
        monitor_nodes, cut_off, monitor_nodes_cut_off, cut_off_and_not_trapping, heals
    ].

rule(noconnection, Peer, There) ->
    Pid = start(Peer, echo, true),
    link(Pid),
    ByPid = monitor(process, Pid),
    ByName = monitor(process, {echo, There}),
    lose(There),
    [
        receive {'EXIT', Pid, R1} -> {exit, R1} end,
        receive {'DOWN', ByPid, process, Pid, R2} -> {by_pid, R2} end,
        receive {'DOWN', ByName, process, Name, R3} -> {Name, R3} end
    ];
rule(reconnects, Peer, There) ->
    Pid = start(Peer, echo, true),
    Monitor = monitor(process, {echo, There}),
    lose(There),
    receive {'DOWN', Monitor, process, _, noconnection} -> ok end,
    {echo, There} ! {who, self()},
    Answer = receive {me, Pid} -> answered after 5000 -> silent end,
    {Answer, active, demonitor(Monitor, [info])};
rule(a_linked_server_dies, Peer, There) ->
    Pid = start(Peer, store, false),
    link(Pid),
    lose(There),
    Heard = receive {'EXIT', Pid, Reason} -> Reason end,
    {Heard, alive, until(fun() -> peer:call(Peer, ?MODULE, is_there, [store]) end, false)};
rule(calls, Peer, There) ->
    Pid = start(Peer, slow, true),
    Failed = fun(Call) ->
        Loser = spawn(fun() -> lose_often(There) end),
        Failure = (catch Call()),
        Loser ! enough,
        Failure
    end,
    [
        Failed(fun() -> gen_server:call({slow, There}, wait) end),
        Failed(fun() -> gen_server:call(Pid, wait, infinity) end),
        Failed(fun() -> gen_server:stop({slow, There}) end),
        gen_server:cast({slow, There}, whatever)
    ];
rule(nobody_there, _, There) -> nobody(There);
rule(nobody_here, _, _) -> nobody(node());
rule(looked_up_on_arrival, Peer, There) ->
    First = start(Peer, named, true),
    peer:call(Peer, ?MODULE, kill, [named]),
    Second = start(Peer, named, true),
    {named, There} ! {who, self()},
    receive {me, Second} when Second =/= First -> successor after 5000 -> nobody end;
rule(order_by_pid_and_name, Peer, There) ->
    Pid = start(Peer, log, true),
    [case N rem 2 of 0 -> Pid ! {note, N}; 1 -> {log, There} ! {note, N} end || N <- lists:seq(1, 200)],
    Pid ! {notes, self()},
    receive {notes, Notes} -> Notes =:= lists:seq(1, 200) end;
rule(exits, Peer, _) ->
    Pid = start(Peer, a, false),
    link(Pid),
    exit(Pid, boom),
    Boom = receive {'EXIT', Pid, R1} -> R1 end,
    Other = start(Peer, a, false),
    Monitor = monitor(process, Other),
    exit(Other, kill),
    {Boom, receive {'DOWN', Monitor, process, Other, R2} -> R2 end};
rule(links_to_the_dead, Peer, _) ->
    Pid = start(Peer, a, false),
    Monitor = monitor(process, Pid),
    exit(Pid, boom),
    receive {'DOWN', Monitor, process, Pid, boom} -> ok end,
    Linked = link(Pid),
    Trapping = receive {'EXIT', Pid, R1} -> R1 end,
    {_, Watch} = spawn_monitor(fun() -> link(Pid), receive never -> ok end end),
    {Linked, Trapping, receive {'DOWN', Watch, process, _, R2} -> R2 end};
rule(unlink, Peer, _) ->
    Pid = start(Peer, a, false),
    link(Pid),
    exit(Pid, boom),
    unlink(Pid),
    receive {'EXIT', Pid, _} -> ok after 0 -> ok end,
    receive {'EXIT', Pid, _} -> late after 100 -> silent end;
rule(only_near, Peer, There) ->
    Pid = start(Peer, a, false),
    Functions = [
        fun() -> is_process_alive(Pid) end,
        fun() -> process_info(Pid, parent) end,
        fun() -> register(friend, Pid) end,
        fun() -> erlang:send_after(10, Pid, hello) end,
        fun() -> erlang:send_after(10, {a, There}, hello) end,
        fun() -> link({a, There}) end,
        fun() -> exit({a, There}, boom) end
    ],
    [try Function() catch error:Reason -> Reason end || Function <- Functions];
rule(monitor_nodes, _, There) ->
    [monitor_node(There, Flag) || Flag <- [true, true, false, true, true, false]],
    monitor_node(node(), true),
    erlang:disconnect_node(There),
    nodedowns(There);
rule(monitor_nodes_cut_off, _, There) ->
    monitor_node(There, true),
    nodedowns(There);
rule(cut_off, Peer, There) ->
    Pid = start(Peer, far, true),
    cut(Peer, There),
    Failed = [
        catch gen_server:call({far, There}, hello),
        catch gen_server:call(Pid, hello, infinity),
        catch gen_server:stop({far, There}),
        gen_server:cast({far, There}, hello),
        {far, There} ! hello
    ],
    link(Pid),
    Exit = receive {'EXIT', Pid, R1} -> {exit, R1} end,
    ByPid = monitor(process, Pid),
    ByName = monitor(process, {far, There}),
    Failed ++ [
        Exit,
        receive {'DOWN', ByPid, process, Pid, R2} -> {by_pid, R2} end,
        receive {'DOWN', ByName, process, Name, R3} -> {Name, R3} end
    ];
rule(cut_off_and_not_trapping, _, There) ->
    Pid = get(far),
    {_, Watch} = spawn_monitor(fun() -> link(Pid), receive never -> ok end end),
    Reason = receive {'DOWN', Watch, process, _, R} -> R end,
    {Reason, connected, lists:member(There, nodes())};
rule(heals, Peer, There) ->
    Pid = get(far),
    Cookie = erlang:get_cookie(),
    erlang:set_cookie(There, Cookie),
    peer:call(Peer, erlang, set_cookie, [node(), Cookie]),
    {far, There} ! {who, self()},
    receive {me, Pid} -> answered after 5000 -> silent end.

nodedowns(Node) ->
    receive {nodedown, Node} -> 1 + nodedowns(Node) after 200 -> 0 end.

nobody(Node) ->
    Call = catch gen_server:call({ghost, Node}, hello),
    Monitor = monitor(process, {ghost, Node}),
    [
        {ghost, Node} ! hello,
        gen_server:cast({ghost, Node}, hello),
        Call,
        catch gen_server:stop({ghost, Node}),
        receive {'DOWN', Monitor, process, Name, Reason} -> {Name, Reason} end
    ].

start(Peer, Name, Trap) ->
    {ok, Pid} = peer:call(Peer, ?MODULE, start, [{Name, Trap}]),
    Name =:= far andalso put(far, Pid),
    Pid.

%% On the other node.
start({Name, Trap}) ->
    kill(Name),
    Pid = spawn(fun() -> process_flag(trap_exit, Trap), loop() end),
    register(Name, Pid),
    {ok, Pid}.

loop() ->
    receive
        {who, Pid} -> Pid ! {me, self()}, loop();
        {notes, Pid} -> Pid ! {notes, lists:reverse(case get(notes) of undefined -> []; Notes -> Notes end)}, loop();
        {note, N} -> put(notes, [N | case get(notes) of undefined -> []; Notes -> Notes end]), loop();
        _ -> loop()
    end.

is_there(Name) -> whereis(Name) =/= undefined.

kill(Name) ->
    case whereis(Name) of
        undefined -> ok;
        Pid ->
            Monitor = monitor(process, Pid),
            exit(Pid, kill),
            receive {'DOWN', Monitor, process, Pid, _} -> ok end
    end.

lose(There) ->
    erlang:monitor_node(There, true),
    erlang:disconnect_node(There),
    receive {nodedown, There} -> ok end.

lose_often(There) ->
    receive enough -> ok after 50 -> erlang:disconnect_node(There), lose_often(There) end.

%% No connection can be made between nodes that do not know each other's cookie.
cut(Peer, There) ->
    erlang:set_cookie(There, another),
    peer:call(Peer, erlang, set_cookie, [node(), yet_another]),
    lose(There).

until(Ask, Wanted) ->
    case Ask() of
        Wanted -> Wanted;
        _ -> receive after 10 -> until(Ask, Wanted) end
    end.

say(Rule, Seen) -> io:format("~p: ~0p~n", [Rule, plain(Seen)]).

plain({'EXIT', Reason}) -> {exits, plain(Reason)};
plain(Pid) when is_pid(Pid) -> pid;
plain(Node) when is_atom(Node) ->
    case atom_to_list(Node) of
        "there@" ++ _ -> there;
        "here@" ++ _ -> here;
        _ -> Node
    end;
plain(Terms) when is_list(Terms) -> [plain(Term) || Term <- Terms];
plain(Terms) when is_tuple(Terms) -> list_to_tuple(plain(tuple_to_list(Terms)));
plain(Term) -> Term.
