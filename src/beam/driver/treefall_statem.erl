%% The callback module of every state machine of a scenario.
-module(treefall_statem).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4, terminate/3]).

callback_mode() -> [handle_event_function, state_enter].

init(Start) ->
    case treefall_server:init(Start) of
        {ok, Definition} -> {ok, get(treefall_phase), Definition, actions()};
        Other -> Other
    end.

%% A state that nothing enters is entered all the same.
handle_event(enter, _, State, Definition) ->
    case find(enter, none, State, Definition) of
        {ok, Body} ->
            treefall_script:enter(),
            run(Body, State, Definition);
        none -> keep_state_and_data
    end;
handle_event(Type, Content, State, Definition) ->
    elapsed(Type),
    treefall_script:enter(),
    {Kind, Event} = event(Type, treefall_start:clean(Content)),
    case find(Kind, Event, State, Definition) of
        {ok, Body} -> run(Body, State, Definition);
        none -> error(function_clause)
    end.

terminate(Reason, _, Definition) -> treefall_server:terminate(Reason, Definition).

event({call, From}, Request) -> {call, {Request, From}};
event(cast, Request) -> {cast, Request};
event(info, Message) -> {info, Message};
event(internal, Content) -> {internal, Content};
event(Timeout, Content) -> {elapsed, {Timeout, Content}}.

find(Kind, Event, State, #{handlers := Handlers}) ->
    put(treefall_phase, State),
    treefall_server:find(Kind, Event, Handlers).

run(Body, State, Definition) ->
    treefall_script:run(Body),
    Returning = put(treefall_returning, #{}),
    Replies = case {Returning, get(treefall_from)} of
        {#{reply := Reply}, From} when From =/= undefined -> [{reply, From, Reply}];
        _ -> []
    end,
    Next = get(treefall_phase),
    Next =:= State orelse stopped([state_timeout]),
    case Returning of
        #{stop := Reason} -> {stop_and_reply, Reason, Replies};
        _ when Next =:= State -> {keep_state, Definition, Replies ++ actions(Returning)};
        _ -> {next_state, Next, Definition, Replies ++ actions(Returning)}
    end.

actions() -> actions(put(treefall_returning, #{})).

actions(Returning) ->
    Actions = lists:reverse(maps:get(actions, Returning, [])),
    [begins(Type, Time) || {Type, Time, _} <- Actions, Type =/= next_event],
    Actions.

%% Which timeouts are running: as long as there is one, the machine is not at rest.
begins(Type, infinity) -> stopped([Type]);
begins(Type, _) -> running(lists:usort([Type | running()])).

elapsed(Type) -> stopped([Type, timeout]).

stopped(Types) -> running(running() -- Types).

running() ->
    case get(treefall_running) of undefined -> []; Running -> Running end.

running(Running) ->
    put(treefall_running, Running),
    case Running of [] -> treefall_quiet:calm(); _ -> treefall_quiet:timed() end.
