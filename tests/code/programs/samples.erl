%% What processes do to each other, as small functions whose results name no pid: they are run by the real emulator
%% and by treefall, and must agree.
-module(samples).
-export([all/0, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-compile([export_all, nowarn_export_all]).

all() ->
    Skipped = [all, init, handle_call, handle_cast, handle_info, terminate, module_info, outcome, ended, server, flush],
    [F || {F, 0} <- ?MODULE:module_info(exports), not lists:member(F, Skipped)].

outcome(F) ->
    try {value, F()} catch Class:Reason -> {Class, Reason} end.

%% How a process ends that does this.
ended(F) ->
    {_, Ref} = spawn_monitor(F),
    receive {'DOWN', Ref, process, _, {Reason, [_ | _]}} -> {Reason, trace}; {'DOWN', Ref, process, _, R} -> R end.

flush() ->
    receive M -> [M | flush()] after 200 -> [] end.

returns() -> ended(fun() -> ok end).
exits() -> ended(fun() -> exit(why) end).
errs() -> ended(fun() -> error(why) end).
throws() -> ended(fun() -> throw(why) end).
badmatches() -> ended(fun() -> 1 = length([]) end).
badariths() -> ended(fun() -> 1 + hd([a]) end).
case_clauses() -> ended(fun() -> case length([]) of 1 -> y end end).
undefs() -> ended(fun() -> nobody:there() end) =:= {undef, trace}.
badaritys() -> {F, _} = {fun(X) -> X end, 0}, case outcome(fun() -> (hd([F]))(1, 2) end) of {error, {badarity, {_, A}}} -> A end.
badfuns() -> outcome(fun() -> (hd([1]))() end).
kills() -> ended(fun() -> exit(self(), kill) end).
exits_itself_normally() -> ended(fun() -> exit(self(), normal), receive after 100 -> lived end end).
exits_another_normally() ->
    P = spawn(fun() -> receive after 200 -> ok end end), R = monitor(process, P), exit(P, normal),
    receive {'DOWN', R, _, _, Why} -> Why end.
trapped_normal() ->
    process_flag(trap_exit, true), P = spawn(fun() -> receive stop -> ok end end), exit(self(), normal),
    R = receive {'EXIT', _, Why} -> Why after 200 -> none end, P ! stop, process_flag(trap_exit, false), R.
links() ->
    ended(fun() -> spawn_link(fun() -> exit(broken) end), receive after infinity -> ok end end).
links_normal() ->
    ended(fun() -> spawn_link(fun() -> ok end), receive after 200 -> exit(lived) end end).
links_the_dead() ->
    ended(fun() -> P = spawn(fun() -> ok end), receive after 100 -> ok end, link(P), receive after 200 -> lived end end).
links_the_dead_trapping() ->
    ended(fun() ->
        process_flag(trap_exit, true), P = spawn(fun() -> ok end), receive after 100 -> ok end, link(P),
        receive {'EXIT', P, Why} -> exit({told, Why}) end
    end).
unlinks() ->
    ended(fun() ->
        P = spawn_link(fun() -> receive go -> exit(broken) end end), unlink(P), P ! go,
        receive after 200 -> exit(lived) end
    end).
kill_is_killed() ->
    process_flag(trap_exit, true), P = spawn_link(fun() -> receive after infinity -> ok end end), exit(P, kill),
    R = receive {'EXIT', P, Why} -> Why end, process_flag(trap_exit, false), R.
link_of_kill_is_trapped() ->
    process_flag(trap_exit, true), P = spawn_link(fun() -> exit(kill) end),
    R = receive {'EXIT', P, Why} -> Why end, process_flag(trap_exit, false), R.
monitors_nobody() -> R = monitor(process, nobody_there), receive {'DOWN', R, T, {N, _}, Why} -> {T, N, Why} end.
monitors_the_dead() ->
    P = spawn(fun() -> ok end), receive after 100 -> ok end, R = monitor(process, P),
    receive {'DOWN', R, _, P, Why} -> Why end.
monitors_twice() ->
    P = spawn(fun() -> receive go -> exit(x) end end), A = monitor(process, P), B = monitor(process, P), P ! go,
    [receive {'DOWN', M, _, _, Why} -> Why end || M <- [B, A]].
demonitors() ->
    P = spawn(fun() -> receive go -> exit(x) end end), R = monitor(process, P), true = demonitor(R), P ! go, flush().
demonitors_flushing() ->
    P = spawn(fun() -> ok end), R = monitor(process, P), receive after 100 -> ok end,
    {demonitor(R, [flush, info]), demonitor(R, [info]), flush()}.
monitors_with_a_tag() ->
    P = spawn(fun() -> receive go -> exit(x) end end), R = monitor(process, P, [{tag, {mine, 7}}]), P ! go,
    receive {{mine, 7}, R, process, P, Why} -> Why end.
aliases() ->
    A = alias([reply]), A ! one, A ! two, receive one -> ok end, flush().
unaliases() -> A = alias(), true = unalias(A), A ! two, {unalias(A), flush()}.
monitors_with_an_alias() ->
    P = spawn(fun() -> receive {A, go} -> A ! hallo, A ! again end end),
    A = monitor(process, P, [{alias, reply_demonitor}]), P ! {A, go}, flush().
spawn_requests() ->
    R = spawn_request(fun() -> exit(bye) end, [monitor, {reply_tag, mine}]),
    receive {mine, R, ok, P} -> receive {'DOWN', R, process, P, Why} -> Why end end.
registers() ->
    P = spawn(fun() -> receive stop -> ok end end), true = register(sample, P),
    Taken = outcome(fun() -> register(sample, self()) end), Here = whereis(sample) =:= P,
    R = monitor(process, P), sample ! stop, receive {'DOWN', R, _, _, _} -> ok end,
    {Taken, Here, whereis(sample), outcome(fun() -> sample ! x end), outcome(fun() -> unregister(sample) end)}.
selects() -> self() ! 1, self() ! 2, self() ! 3, A = receive 2 -> 2 end, [A | flush()].
times_out_at_once() -> receive x -> x after 0 -> none end.
timers() ->
    T = erlang:send_after(1000, self(), late), _ = erlang:send_after(5, self(), soon),
    receive soon -> ok end, Left = erlang:read_timer(T), Was = erlang:cancel_timer(T),
    {Left > 0, Left =< 1000, is_integer(Was), erlang:cancel_timer(T), erlang:read_timer(T), flush()}.
started_timers() -> T = erlang:start_timer(5, self(), hallo), receive {timeout, T, M} -> M end.
timer_server() -> {ok, _} = timer:send_interval(5, tick), [receive tick -> tick end || _ <- [1, 2, 3]].
applies_later() -> S = self(), {ok, _} = timer:apply_after(5, erlang, send, [S, applied]), receive applied -> ok end.
dictionary() -> undefined = put(a, 1), 1 = put(a, 2), put(b, 3), {get(a), erase(a), get(a), erase(b)}.
calls() -> {ok, S} = gen_server:start(?MODULE, none, []), R = gen_server:call(S, ping), gen_server:stop(S), R.
calls_nobody() -> outcome(fun() -> gen_server:call(nobody_there, ping) end).
call_times_out() ->
    {ok, S} = gen_server:start(?MODULE, none, []), R = outcome(fun() -> gen_server:call(S, sleep, 20) end),
    exit(S, kill), case R of {exit, {timeout, {gen_server, call, [_, sleep, 20]}}} -> right end.
call_of_one_that_dies() ->
    {ok, S} = gen_server:start(?MODULE, none, []),
    case outcome(fun() -> gen_server:call(S, die) end) of {exit, {dying, {gen_server, call, [_, die]}}} -> right end.
init_stops() -> gen_server:start(?MODULE, stop, []).
init_ignores() -> gen_server:start(?MODULE, ignore, []).
init_crashes() -> case gen_server:start(?MODULE, crash, []) of {error, {boom, [_ | _]}} -> right end.
server_stops_with() ->
    {ok, S} = gen_server:start(?MODULE, none, []), R = monitor(process, S), gen_server:cast(S, {stop, {shutdown, x}}),
    receive {'DOWN', R, _, _, Why} -> Why end.
server_times_out() -> {ok, S} = gen_server:start(?MODULE, none, []), gen_server:call(S, {timeout, self()}),
    R = receive timed_out -> yes end, gen_server:stop(S), R.
server_continues() -> {ok, S} = gen_server:start(?MODULE, {continue, self()}, []),
    R = receive continued -> yes end, gen_server:stop(S), R.
multi_calls() ->
    {ok, S} = gen_server:start({local, sample_server}, ?MODULE, none, []), R = gen_server:call(sample_server, ping),
    {error, {already_started, S}} = gen_server:start({local, sample_server}, ?MODULE, none, []),
    gen_server:stop(S), {R, whereis(sample_server)}.
heirs() ->
    S = self(),
    P = spawn(fun() -> ets:new(sample_table, [named_table, {heir, S, data}]), ets:insert(sample_table, {a, 1}) end),
    receive {'ETS-TRANSFER', sample_table, P, data} -> ok end,
    R = {ets:lookup(sample_table, a), ets:info(sample_table, owner) =:= S}, ets:delete(sample_table), R.
heirless() ->
    {P, R} = spawn_monitor(fun() -> ets:new(sample_table, [named_table]), receive go -> ok end end),
    receive after 100 -> ok end, Before = ets:whereis(sample_table) =/= undefined, P ! go,
    receive {'DOWN', R, _, _, _} -> ok end, {Before, ets:whereis(sample_table)}.
gives_away() ->
    S = self(), T = ets:new(t, []),
    {P, M} = spawn_monitor(fun() -> receive {'ETS-TRANSFER', T, S, gift} -> exit(ets:info(T, owner) =:= self()) end end),
    ets:give_away(T, P, gift), receive {'DOWN', M, _, _, Why} -> Why end.
protects() ->
    T = ets:new(t, []), P = ets:new(t, [private]), Here = ets:insert(T, {a, 1}),
    {Here, ended(fun() -> exit(outcome(fun() -> ets:insert(T, {b, 1}) end)) end),
     ended(fun() -> exit(ets:lookup(T, a)) end), ended(fun() -> exit(outcome(fun() -> ets:lookup(P, a) end)) end)}.
tells_of_itself() ->
    P = spawn(fun() -> process_flag(trap_exit, true), put(k, v), receive stop -> ok end end),
    receive after 100 -> ok end, P ! one, P ! two, receive after 100 -> ok end,
    Items = [trap_exit, message_queue_len, messages, status, dictionary, links, monitors, registered_name, priority],
    R = process_info(P, Items), exit(P, kill), receive after 100 -> ok end, {R, process_info(P, status)}.
knows_who_waits() ->
    {ok, S} = gen_server:start(?MODULE, none, []), {current_function, F} = process_info(S, current_function),
    gen_server:stop(S), F.
formats() -> lists:flatten(io_lib:format("~p ~w ~s ~5.2f ~b ~c~n", [{a, "b"}, "c", <<"d">>, 3.14159, 42, $x])).
supervises() ->
    process_flag(trap_exit, true),
    {ok, S} = supervisor:start_link(?MODULE, {supervisor, one_for_one, 1}),
    [{c, A, worker, _}] = supervisor:which_children(S), exit(A, kill), receive after 200 -> ok end,
    [{c, B, worker, _}] = supervisor:which_children(S), exit(B, kill),
    R = receive {'EXIT', S, Why} -> {A =/= B, Why} end, process_flag(trap_exit, false), R.
supervises_temporary() ->
    process_flag(trap_exit, true),
    {ok, S} = supervisor:start_link(?MODULE, {supervisor, one_for_all, 1}),
    {ok, P} = supervisor:start_child(S, #{id => t, start => {?MODULE, server, []}, restart => temporary}),
    exit(P, boom), receive after 200 -> ok end, R = supervisor:count_children(S),
    exit(S, shutdown), receive {'EXIT', S, Why} -> ok end, process_flag(trap_exit, false), {R, Why}.

server() -> gen_server:start_link(?MODULE, none, []).

init({supervisor, Strategy, Intensity}) ->
    {ok, {{Strategy, Intensity, 5}, [#{id => c, start => {?MODULE, server, []}}]}};
init(stop) -> {stop, because};
init(ignore) -> ignore;
init(crash) -> error(boom);
init({continue, Whom}) -> {ok, Whom, {continue, go}};
init(none) -> {ok, none}.
handle_continue(go, Whom) -> Whom ! continued, {noreply, none}.
handle_call(ping, _, State) -> {reply, pong, State};
handle_call(sleep, _, State) -> receive after 500 -> {reply, late, State} end;
handle_call(die, _, _) -> exit(dying);
handle_call({timeout, Whom}, _, _) -> {reply, ok, Whom, 5}.
handle_cast({stop, Reason}, State) -> {stop, Reason, State}.
handle_info(timeout, Whom) -> Whom ! timed_out, {noreply, Whom}.
terminate(_, _) -> ok.

%% Names and locks of the one node.
global_names() ->
    P = spawn(fun() -> receive stop -> ok end end),
    First = [global:register_name(name, P), global:register_name(name, self()), global:whereis_name(name) =:= P],
    M = monitor(process, P), P = global:send(name, stop), receive {'DOWN', M, _, _, _} -> ok end,
    Gone = [global:whereis_name(name), element(1, element(2, catch global:send(name, stop)))],
    Again = [global:register_name(name, self()), global:re_register_name(name, self()), global:unregister_name(name)],
    {First, Gone, Again, global:whereis_name(name), global:whereis_name(nobody)}.
global_server() ->
    {ok, S} = gen_server:start({global, {a, server}}, ?MODULE, none, []),
    R = gen_server:call({global, {a, server}}, ping), gen_server:stop(S), {R, catch gen_server:call({global, {a, server}}, ping)}.
global_locks() ->
    Me = self(),
    Other = fun() -> spawn(fun() -> Me ! {other, global:set_lock({lock, self()}, [node()], 0)} end), receive {other, Is} -> Is end end,
    Held = global:trans({lock, Me}, fun() -> {Other(), global:set_lock({lock, Me}, [node()], 0), global:del_lock({lock, Me})} end),
    {Held, Other(), global:trans({lock, Me}, fun() -> mine end)}.

%% Who is given somebody to write to does so.
captured() ->
    Me = self(), Before = group_leader(),
    Reader = spawn(fun() -> receive {io_request, From, Ref, Request} -> From ! {io_reply, Ref, ok}, Me ! {asked, Request} end end),
    group_leader(Reader, Me), ok = io:put_chars("hi"), group_leader(Before, Me),
    receive {asked, Asked} -> Asked after 500 -> nothing end.

spawned_with_a_tag() ->
    {P, R} = spawn_opt(fun() -> exit(why) end, [{monitor, [{tag, mine}]}]),
    receive {mine, R, process, P, Why} -> Why after 500 -> nothing end.
parents() ->
    P = spawn(fun() -> receive stop -> ok end end), Told = process_info(P, parent), P ! stop, Told =:= {parent, self()}.
