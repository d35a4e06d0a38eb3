%% The work of benches/peers on the real virtual machine: each function prints items a second.
-module(peers).
-behaviour(gen_server).
-export([main/1, start_link/1, start_idle/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

main([Name, Many]) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    {Items, Work} = work(list_to_atom(Name), list_to_integer(Many)),
    io:format("~p~n", [case Work of
        none -> Items;
        _ -> Items * 1000 / runtime(Work)
    end]),
    halt().

%% What others do on the machine is no part of it.
runtime(Work) ->
    {Before, _} = statistics(runtime),
    Work(),
    {After, _} = statistics(runtime),
    max(After - Before, 1).

%% How many items the work is that is measured; without any work, the figure itself.
work(small_runs, _) ->
    {2000, fun() -> times(2000, fun small_run/0) end};
work(messages, _) ->
    {ok, Server} = start_link(infinity),
    {1000000, fun() ->
        times(1000000, fun() -> gen_server:cast(Server, hello) end),
        gen_server:call(Server, work, infinity)
    end};
work(calls, _) ->
    {ok, Server} = start_link(infinity),
    {300000, fun() -> times(300000, fun() -> gen_server:call(Server, work) end) end};
work(spawns, _) ->
    {200000, fun() -> times(200000, fun() ->
        {_, Ref} = spawn_monitor(fun() -> ok end),
        receive {'DOWN', Ref, process, _, _} -> ok end
    end) end};
%% Beside so many siblings.
work(restarts, Many) ->
    {ok, _} = supervisor:start_link(?MODULE, {one_for_one, [server(infinity) | idle(Many)]}),
    {1000, fun() -> times(1000, fun() -> restart(whereis(server)) end) end};
%% After so many others within the time that counts.
work(restarts_after, Many) ->
    {ok, _} = supervisor:start_link(?MODULE, {one_for_one, [server(infinity)]}),
    times(Many, fun() -> restart(whereis(server)) end),
    {1000, fun() -> times(1000, fun() -> restart(whereis(server)) end) end};
work(group, Many) ->
    {ok, _} = supervisor:start_link(?MODULE, {one_for_all, [server(infinity) | idle(Many - 1)]}),
    {50 * Many, fun() -> times(50, fun() -> restart(whereis(server)) end) end};
work(static_starts, Many) ->
    {Many, fun() -> {ok, _} = supervisor:start_link(?MODULE, {one_for_one, idle(Many)}) end};
work(static_stops, Many) ->
    {ok, Top} = supervisor:start_link(?MODULE, {one_for_one, idle(Many)}),
    {Many, fun() -> stop(Top) end};
work(dynamic_starts, Many) ->
    {Many, fun() -> dynamic(Many) end};
work(dynamic_stops, Many) ->
    Top = dynamic(Many),
    {Many, fun() -> stop(Top) end};
%% Bytes of a process that waits, with what its supervisor keeps of it.
work(idle_bytes, Many) ->
    Before = erlang:memory(total),
    {ok, _} = supervisor:start_link(?MODULE, {one_for_one, idle(Many)}),
    {(erlang:memory(total) - Before) / Many, none}.

dynamic(Many) ->
    {ok, Top} = 'Elixir.DynamicSupervisor':start_link([{strategy, one_for_one}]),
    Spec = maps:put(restart, temporary, spec(idle)),
    times(Many, fun() -> {ok, _} = 'Elixir.DynamicSupervisor':start_child(Top, Spec) end),
    Top.

stop(Top) ->
    unlink(Top),
    Ref = monitor(process, Top),
    exit(Top, shutdown),
    receive {'DOWN', Ref, process, _, _} -> ok end.

restart(undefined) ->
    erlang:yield(),
    restart(whereis(server));
restart(Pid) ->
    Ref = monitor(process, Pid),
    Pid ! die,
    receive {'DOWN', Ref, process, _, _} -> ok end.

%% A server with three lives, and three clients that outlive it.
small_run() ->
    {ok, Top} = supervisor:start_link(?MODULE, {lives, 3, [server(4)]}),
    Clients = [spawn_monitor(fun() -> times(4, fun call/0) end) || _ <- [a, b, c]],
    [receive {'DOWN', Ref, process, _, _} -> ok end || {_, Ref} <- Clients],
    stop(Top).

call() ->
    try gen_server:call(server, work) of
        ok -> ok
    catch
        exit:_ -> erlang:yield(), call()
    end.

times(0, _) -> ok;
times(N, Work) -> Work(), times(N - 1, Work).

start_link(Life) -> gen_server:start_link({local, server}, ?MODULE, {server, Life}, []).

start_idle() -> gen_server:start_link(?MODULE, {server, infinity}, []).

server(Life) -> #{id => server, start => {?MODULE, start_link, [Life]}}.

idle(Many) -> [spec(Nth) || Nth <- lists:seq(1, Many)].

spec(Id) -> #{id => Id, start => {?MODULE, start_idle, []}}.

init({server, Life}) -> {ok, {0, Life}};
init({lives, Lives, Children}) -> {ok, {#{intensity => Lives, period => 5}, Children}};
init({Strategy, Children}) -> {ok, {#{strategy => Strategy, intensity => 1000000, period => 5}, Children}}.

handle_call(work, _, {Calls, Life}) when Calls + 1 =:= Life -> {stop, worn_out, ok, {Calls + 1, Life}};
handle_call(work, _, {Calls, Life}) -> {reply, ok, {Calls + 1, Life}}.

handle_cast(hello, {Calls, Life}) -> {noreply, {Calls + 1, Life}}.

handle_info(die, _) -> exit(dead).
