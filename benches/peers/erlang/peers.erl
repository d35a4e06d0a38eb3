%% The work of benches/peers on the real virtual machine: each function prints items a second.
-module(peers).
-behaviour(gen_server).
-export([main/1, start_link/1, sup/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

main([Name]) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    {Items, Work} = work(list_to_atom(Name)),
    %% What others do on the machine is no part of it.
    {Before, _} = statistics(runtime),
    Work(),
    {After, _} = statistics(runtime),
    io:format("~p~n", [Items * 1000 / (After - Before)]),
    halt().

work(small_runs) ->
    {2000, fun() -> times(2000, fun small_run/0) end};
work(messages) ->
    {ok, Server} = start_link(infinity),
    {1000000, fun() ->
        times(1000000, fun() -> gen_server:cast(Server, hello) end),
        gen_server:call(Server, work, infinity)
    end};
work(calls) ->
    {ok, Server} = start_link(infinity),
    {300000, fun() -> times(300000, fun() -> gen_server:call(Server, work) end) end};
work(spawns) ->
    {200000, fun() -> times(200000, fun() ->
        {_, Ref} = spawn_monitor(fun() -> ok end),
        receive {'DOWN', Ref, process, _, _} -> ok end
    end) end};
work(restarts) ->
    {ok, _} = supervisor:start_link(?MODULE, {sup, 1000000, infinity}),
    {2000, fun() -> times(2000, fun() -> restart(whereis(server)) end) end}.

restart(undefined) ->
    erlang:yield(),
    restart(whereis(server));
restart(Pid) ->
    Ref = monitor(process, Pid),
    Pid ! die,
    receive {'DOWN', Ref, process, _, _} -> ok end.

%% A server with three lives, and three clients that outlive it.
small_run() ->
    {ok, Top} = supervisor:start_link(?MODULE, {sup, 3, 4}),
    Clients = [spawn_monitor(fun() -> times(4, fun call/0) end) || _ <- [a, b, c]],
    [receive {'DOWN', Ref, process, _, _} -> ok end || {_, Ref} <- Clients],
    unlink(Top),
    Ref = monitor(process, Top),
    exit(Top, shutdown),
    receive {'DOWN', Ref, process, _, _} -> ok end.

call() ->
    try gen_server:call(server, work) of
        ok -> ok
    catch
        exit:_ -> erlang:yield(), call()
    end.

times(0, _) -> ok;
times(N, Work) -> Work(), times(N - 1, Work).

sup(Lives) -> supervisor:start_link(?MODULE, Lives).

start_link(Life) -> gen_server:start_link({local, server}, ?MODULE, {server, Life}, []).

init({sup, Intensity, Life}) ->
    {ok, {{one_for_one, Intensity, 5}, [{server, {?MODULE, start_link, [Life]}, permanent, 5000, worker, [?MODULE]}]}};
init({server, Life}) ->
    {ok, {0, Life}}.

handle_call(work, _, {Calls, Life}) when Calls + 1 =:= Life -> {stop, worn_out, ok, {Calls + 1, Life}};
handle_call(work, _, {Calls, Life}) -> {reply, ok, {Calls + 1, Life}}.

handle_cast(hello, {Calls, Life}) -> {noreply, {Calls + 1, Life}}.

handle_info(die, _) -> exit(dead).
