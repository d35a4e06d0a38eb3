%% An application that reads how it is configured.
-module(kv).
-behaviour(application).
-behaviour(supervisor).
-export([start/2, stop/1, init/1, used/0, configured/0, stopped/0]).

start(normal, []) ->
    {ok, Size} = application:get_env(size),
    supervisor:start_link({local, kv_sup}, kv, Size).
stop(_) -> ok.
init(Size) when is_integer(Size) -> {ok, {{one_for_one, Size, 5}, []}}.

used() ->
    {ok, 3} = application:get_env(kv, size),
    undefined = application:get_env(kv, colour),
    red = application:get_env(kv, colour, red),
    ok = application:set_env(kv, colour, blue),
    [{colour, blue}, {size, 3}] = lists:sort(application:get_all_env(kv)),
    {ok, kv} = application:get_application(whereis(kv_sup)),
    {kv, "a store", "1"} = lists:keyfind(kv, 1, application:which_applications()),
    {error, {already_started, kv}} = application:start(kv),
    ok.

configured() ->
    {ok, green} = application:get_env(kv, colour),
    {ok, 3} = application:get_env(kv, size),
    ok.

stopped() ->
    ok = application:stop(kv),
    undefined = whereis(kv_sup),
    false = lists:keyfind(kv, 1, application:which_applications()),
    ok = application:start(kv),
    {ok, kv} = application:get_application(whereis(kv_sup)),
    ok.
