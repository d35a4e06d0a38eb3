%% What RabbitMQ has in place of OTP's behaviours: a supervisor that waits before it restarts once more, a server that
%% takes some messages first, and a pool of workers.
-module(rabbit).
-export([supervisor/0, start_child/1, server/0, pool/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3, prioritise_cast/3]).

%% One restart is allowed; the second one comes after a second, and nobody gives up.
supervisor() ->
    {ok, Top} = supervisor2:start_link({local, top}, ?MODULE, top),
    First = whereis(child),
    exit(First, kill),
    timer:sleep(100),
    Second = whereis(child),
    true = is_pid(Second) andalso Second =/= First,
    exit(Second, kill),
    timer:sleep(500),
    undefined = whereis(child),
    timer:sleep(1000),
    Third = whereis(child),
    true = is_pid(Third) andalso Third =/= Second,
    [{child, Third, worker, _}] = supervisor2:which_children(Top),
    ok.

start_child(Name) -> gen_server:start_link({local, Name}, ?MODULE, [], []).

%% What is urgent goes before what came first.
server() ->
    {ok, Server} = gen_server2:start_link(?MODULE, [], []),
    gen_server2:cast(Server, wait),
    [gen_server2:cast(Server, What) || What <- [low, low, high]],
    [high, low, low] = gen_server2:call(Server, taken),
    ok.

%% Each piece of work is done once, whoever does it.
pool() ->
    {ok, _} = worker_pool_sup:start_link(2, pool),
    Me = self(),
    [spawn_link(fun() -> Me ! {N, worker_pool:submit(pool, fun() -> {self(), N * N} end, reuse)} end) || N <- [1, 2, 3, 4]],
    Done = [receive {N, {Worker, Square}} when Square =:= N * N -> Worker end || N <- [1, 2, 3, 4]],
    true = length(lists:usort(Done)) =< 2,
    ok.

init(top) -> {ok, {{one_for_one, 1, 10}, [{child, {?MODULE, start_child, [child]}, {permanent, 1}, 5000, worker, [?MODULE]}]}};
init([]) -> {ok, []}.

prioritise_cast(high, _, _) -> 9;
prioritise_cast(_, _, _) -> 0.

handle_call(taken, _, Taken) -> {reply, lists:reverse(Taken), Taken}.
handle_cast(wait, Taken) -> timer:sleep(50), {noreply, Taken};
handle_cast(What, Taken) -> {noreply, [What | Taken]}.
handle_info(_, Taken) -> {noreply, Taken}.
terminate(_, _) -> ok.
code_change(_, Taken, _) -> {ok, Taken}.
