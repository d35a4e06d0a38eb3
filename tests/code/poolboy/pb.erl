-module(pb).
-export([start/0, start/2, returned_dead/0, overflow/0, holder/0, hasty/0]).
start() -> start(1, 0).
start(Size, Overflow) ->
    persistent_term:put(starts, 0),
    poolboy:start_link([{name, {local, pool}}, {worker_module, pw}, {size, Size}, {max_overflow, Overflow}], [x]).
returned_dead() ->
    Worker = poolboy:checkout(pool),
    exit(Worker, kill),
    ok = poolboy:checkin(pool, Worker),
    Next = poolboy:checkout(pool),
    ok = gen_server:call(Next, ping).
overflow() ->
    persistent_term:put(fails_at, 1),
    First = poolboy:checkout(pool),
    catch poolboy:checkout(pool),
    true = is_process_alive(First),
    ok = gen_server:call(First, ping).
holder() ->
    Worker = poolboy:checkout(pool),
    ok = poolboy:checkin(pool, Worker).
hasty() ->
    try poolboy:checkout(pool, true, 5) of
        Worker -> ok = poolboy:checkin(pool, Worker)
    catch exit:{timeout, _} -> ok
    end.
