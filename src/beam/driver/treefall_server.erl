%% The callback module of every server of a scenario: scripted ones, agents and plain workers.
-module(treefall_server).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2]).
-export([find/3]).

init({{definition, Name}, Arguments, {Label, _} = Birth}) ->
    treefall_start:born(Birth, worker),
    treefall_trace:event({begins, self()}),
    try
        case treefall_driver:definition(Name) of
            #{kind := Kind} = Definition when Kind =:= server; Kind =:= statem -> init_server(Definition, Arguments, Label);
            #{kind := Kind} -> {ok, {Kind, #{}}}
        end
    of
        Result -> initialised(Result)
    catch
        throw:Result -> initialised(Result)
    end.

%% Whoever is killed before it gets here has never started.
initialised(Result) ->
    is_tuple(Result) andalso element(1, Result) =:= ok andalso treefall_trace:event({initialised, self()}),
    Result.

init_server(#{kind := Kind} = Definition, Arguments, Label) ->
    treefall_script:prepare(Definition, Arguments),
    maps:get(trap_exit, Definition) andalso process_flag(trap_exit, true),
    Inits = maps:get(inits, Definition),
    Starts = starts(Inits, {starts, Label}),
    Chosen = [Body || {When, Body} <- Inits, covers(When, Starts)] ++ [Body || {always, Body} <- Inits],
    case Chosen of
        [] -> {ok, Definition};
        [Body | _] when Kind =:= statem -> treefall_script:machine(Body, Definition);
        [Body | _] -> treefall_script:callback(init, Body, Definition)
    end.

%% How often it has been started, if that matters.
starts(Inits, Key) ->
    case lists:all(fun({When, _}) -> When =:= always end, Inits) of
        true -> 0;
        false -> treefall_nodes:first(ets, update_counter, [treefall_counts, Key, 1, {Key, 0}])
    end.

covers({only, N}, Starts) -> Starts =:= N;
covers({from, N}, Starts) -> Starts >= N;
covers({between, First, Last}, Starts) -> Starts >= First andalso Starts =< Last;
covers(always, _) -> false.

handle_call(_Request, _From, {plain, _} = State) -> {reply, ok, State};
handle_call(Request, _From, {agent, Map}) ->
    {Answer, Next} = agent(Request, Map),
    {reply, Answer, {agent, Next}};
handle_call(Request, From, Definition) ->
    handle(call, {Request, From}, Definition).

handle_cast(_Request, {_, _} = State) -> {noreply, State};
handle_cast(Request, Definition) -> handle(cast, Request, Definition).

handle_continue(Request, Definition) -> handle(continue, Request, Definition).

handle_info(_Message, {_, _} = State) -> {noreply, State};
handle_info(Message, Definition) -> handle(info, treefall_start:clean(Message), Definition).

terminate(Reason, #{terminate := {Pattern, Body}} = Definition) ->
    treefall_script:enter(),
    treefall_value:match(Pattern, treefall_start:clean(Reason)),
    treefall_script:callback(terminate, Body, Definition);
terminate(_, _) -> ok.

agent(get, Map) -> {Map, Map};
agent({get, Key}, Map) -> {maps:get(Key, Map, nil), Map};
agent({fetch, Key}, Map) ->
    case Map of
        #{Key := Value} -> {{ok, Value}, Map};
        _ -> {error, Map}
    end;
agent({delete, Key}, Map) -> {ok, maps:remove(Key, Map)};
agent({put, Key, Value}, Map) -> {ok, Map#{Key => Value}};
agent(_, _) -> error(function_clause).

handle(Kind, Event, #{handlers := Handlers} = Definition) ->
    treefall_quiet:calm(),
    treefall_script:enter(),
    case find(Kind, Event, Handlers) of
        {ok, Body} -> treefall_script:callback(Kind, Body, Definition);
        none when Kind =:= info -> {noreply, Definition};
        none -> error(function_clause)
    end.

find(_, _, []) -> none;
find(Kind, Event, [{Phase, Wanted, Body} | Handlers]) ->
    InPhase = Phase =:= any orelse Phase =:= get(treefall_phase),
    case InPhase andalso handles(Kind, Event, Wanted) of
        true -> {ok, Body};
        false -> find(Kind, Event, Handlers)
    end.

handles(call, {Request, From}, {call, Pattern, FromName}) ->
    treefall_value:match(Pattern, Request) andalso
        begin
            put(treefall_from, From),
            FromName =:= none orelse put({var, FromName}, {bound, From}),
            true
        end;
handles(cast, Request, {cast, Pattern}) -> treefall_value:match(Pattern, Request);
handles(continue, Request, {continue, Pattern}) -> treefall_value:match(Pattern, Request);
handles(info, timeout, {timeout}) -> true;
handles(enter, none, {enter}) -> true;
handles(internal, Content, {internal, Pattern}) -> treefall_value:match(Pattern, Content);
handles(elapsed, Elapsed, {elapsed, Pattern}) -> treefall_value:match(Pattern, Elapsed);
handles(info, Message, {info, Pattern}) -> treefall_value:match(Pattern, Message);
handles(_, _, _) -> false.
