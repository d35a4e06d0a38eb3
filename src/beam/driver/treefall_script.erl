%% The interpreter of statements: what handlers, processes and clients do.
%%
%% A block runs to `next`, or to `return` where a callback ends early. What OTP would do with an
%% exception it does: exceptions of statements leave the interpreter as they are.
-module(treefall_script).
-export([prepare/2, enter/0, callback/3, machine/2, process/3, started_process/4, task/2, client/4]).
-export([done/1, bound/2, unwrapped/2, run/1]).

-import(treefall_value, [value/1, match/2, target/1, milliseconds/1]).

%% Variables, tables and queues of a process that starts.
prepare(Definition, Arguments) ->
    #{arguments := Names, variables := Variables, tables := Tables, queues := Queues} = Definition,
    Given = lists:zip(lists:sublist(Names, length(Arguments)), lists:sublist(Arguments, length(Names))),
    [put({var, Name}, {bound, Term}) || {Name, Term} <- Given ++ Variables],
    [put({table, Name}, #{}) || Name <- Tables],
    [put({queue, Name}, []) || Name <- Queues],
    put(treefall_phase, maps:get(phase, Definition, none)),
    put(treefall_lasting, Names ++ [Name || {Name, _} <- Variables]),
    put(treefall_result, {value, ok}),
    put(treefall_returning, #{}),
    put(treefall_definition, Definition),
    ok.

%% A callback begins.
enter() ->
    treefall_value:forget(get(treefall_lasting)),
    erase(treefall_from),
    put(treefall_returning, #{}),
    ok.

%% Runs a callback's block and makes the return value that gen_server expects.
callback(Kind, Body, State) ->
    run(Body),
    returned(Kind, put(treefall_returning, #{}), State).

%% The `init` of a state machine: what it asks for is kept until it has started.
machine(Body, State) ->
    run(Body),
    case get(treefall_returning) of
        #{ignore := true} -> ignore;
        #{stop := Reason} -> {stop, Reason};
        _ -> {ok, State}
    end.

returned(terminate, _, _) -> ok;
returned(init, #{ignore := true}, _) -> ignore;
returned(init, #{stop := Reason}, _) -> {stop, Reason};
returned(init, Returning, State) -> with_then({ok, State}, Returning);
returned(call, #{stop := Reason, reply := Reply}, State) -> {stop, Reason, Reply, State};
returned(_, #{stop := Reason}, State) -> {stop, Reason, State};
returned(call, #{reply := Reply} = Returning, State) -> with_then({reply, Reply, State}, Returning);
returned(_, Returning, State) -> with_then({noreply, State}, Returning).

with_then(Return, #{continue := Term}) -> erlang:append_element(Return, {continue, Term});
with_then(Return, #{timeout := {Time, Message}}) ->
    treefall_quiet:timed(),
    erlang:append_element(Return, {timeout, Time, Message});
with_then(Return, #{timeout := infinity}) -> Return;
with_then(Return, #{timeout := Time}) ->
    treefall_quiet:timed(),
    erlang:append_element(Return, Time);
with_then(Return, _) -> Return.

%% A plain process.
process({definition, Name}, Arguments, Birth) ->
    treefall_start:born(Birth, worker),
    Definition = treefall_driver:definition(Name),
    prepare(Definition, Arguments),
    run(maps:get(body, Definition)).

%% A process that proc_lib starts.
started_process(What, Arguments, Birth, Name) ->
    Name =:= undefined orelse treefall_start:give(Name, self()),
    process(What, Arguments, Birth).

%% What a task runs: its value.
task(Name, Arguments) ->
    Definition = treefall_driver:definition(Name),
    prepare(Definition, Arguments),
    run(maps:get(body, Definition)),
    maps:get(value, get(treefall_returning), ok).

%% A client, which reports its replies.
client(Label, TrapExit, Body, Start) ->
    receive Start -> ok end,
    treefall_start:born({Label, []}, client),
    put(treefall_client, true),
    prepare(#{arguments => [], variables => [], tables => [], queues => []}, []),
    TrapExit andalso process_flag(trap_exit, true),
    run(Body).

run([]) -> next;
run([Statement | Rest]) ->
    treefall_chaos:perhaps(),
    case step(Statement) of
        next -> run(Rest);
        return -> return
    end.

step({Catches, Start, End, Operation}) ->
    put(treefall_span, {Start, End}),
    try perform(Operation)
    catch
        Class:Reason:Stack when Reason =/= expectation_failed ->
            Ended = case Class of error -> raise; _ -> Class end,
            case lists:member(Ended, Catches) of
                true ->
                    treefall_quiet:calm(),
                    put(treefall_result, {Ended, treefall_start:clean(Reason)}),
                    next;
                false -> erlang:raise(Class, Reason, Stack)
            end
    end.

done(Term) ->
    put(treefall_result, {value, Term}),
    next.

bound(none, Term) -> done(Term);
bound(Name, Term) ->
    put({var, Name}, {bound, Term}),
    done(Term).

%% {ok, Name} = Term
unwrapped(none, Term) -> done(Term);
unwrapped(Name, {ok, Inner} = Term) ->
    put({var, Name}, {bound, Inner}),
    done(Term);
unwrapped(_, Term) -> error({badmatch, Term}).

%% Of one that may not enter the loop nothing has changed.
enter_loop(Definition, Arguments, Name, First) ->
    Before = get(),
    prepare(Definition, Arguments),
    As = case Name of undefined -> self(); _ -> treefall_start:named(Name) end,
    try gen_server:enter_loop(treefall_server, [], Definition, As, First)
    catch
        exit:Reason:Stack when
            Reason =:= process_not_registered; Reason =:= process_not_registered_globally;
            Reason =:= process_was_not_started_by_proc_lib; Reason =:= could_not_find_registered_name
        ->
            [put(Key, Value) || {Key, Value} <- Before],
            erlang:raise(exit, Reason, Stack)
    end.

%% What a start function returns. One that the file does not define is called by its name.
started(Function, {What, Label, Named}, Values, {_, Options} = How) ->
    Arguments = [value(Value) || Value <- Values],
    Name = value(Named),
    Result = treefall_quiet:waiting(proplists:get_value(timeout, Options, infinity), fun() ->
        case What of
            {undefined, Module} -> Module:Function();
            _ -> treefall_start:launch(What, called(Named, Name, Label), Name, How, Arguments)
        end
    end),
    treefall_start:clean(Result).

%% What has a local name is called by it.
called({v, _}, Name, _) when is_atom(Name) -> Name;
called(_, _, Label) -> Label.

%% What start_monitor has returned, of gen_server or of proc_lib.
watched(Bind, BindReference, Result) ->
    {Pid, Monitor} = case Result of
        {{ok, P}, M} when is_reference(M) -> {{ok, P}, {ok, M}};
        {_, M} when is_reference(M) -> {error, {ok, M}};
        {ok, {P, M}} -> {{ok, P}, {ok, M}};
        {ok, {_, M}, _} -> {error, {ok, M}};
        _ -> {error, error}
    end,
    [
        case Part of
            {ok, Term} -> bound(Name, Term);
            error -> error({badmatch, Result})
        end
     || {Name, Part} <- [{BindReference, Monitor}, {Bind, Pid}], Name =/= none
    ],
    done(Result).

replied(Term) ->
    Clean = treefall_start:clean(Term),
    get(treefall_client) =:= true andalso treefall_trace:event({reply, self(), Clean}),
    Clean.

%% What a state machine is to do, the last first.
acts(Action) -> returning(actions, [Action | maps:get(actions, get(treefall_returning), [])]).

returning(Key, Term) -> put(treefall_returning, (get(treefall_returning))#{Key => Term}).

%% Callbacks.
perform({reply, Value}) -> returning(reply, value(Value)), next;
perform({reply_to, From, Value}) -> gen_server:reply(value(From), value(Value)), done(ok);
perform({continue, Value}) -> returning(continue, value(Value)), next;
perform({timeout, Time, none}) -> returning(timeout, milliseconds(Time)), next;
perform({timeout, Time, Message}) -> returning(timeout, {milliseconds(Time), value(Message)}), next;
perform({stop_self, Reason}) -> returning(stop, value(Reason)), return;
perform({fail, Reason}) -> returning(stop, value(Reason)), return;
perform({ignore}) -> returning(ignore, true), return;
perform({postpone}) -> acts(postpone), next;
perform({next_event, Type, Content}) -> acts({next_event, Type, value(Content)}), next;
perform({start_timeout, Type, Time, none}) -> acts({value(Type), milliseconds(Time), undefined}), next;
perform({start_timeout, Type, Time, Content}) -> acts({value(Type), milliseconds(Time), value(Content)}), next;
perform({goto, Phase}) -> put(treefall_phase, Phase), next;
%% Messages.
perform({send, Target, Value, false}) ->
    Message = value(Value),
    treefall_value:send(treefall_value:address(Target), Message),
    done(Message);
perform({send, Target, Value, true}) ->
    Message = value(Value),
    erlang:send(treefall_value:address(Target), Message, [priority]),
    done(Message);
perform({cast, Target, Value}) -> gen_server:cast(target(Target), value(Value)), done(ok);
perform({call, Target, Value, Timeout, Bind}) ->
    {Server, Request} = {target(Target), value(Value)},
    Reply = case Timeout of
        none -> treefall_quiet:waiting(5000, fun() -> gen_server:call(Server, Request) end);
        _ ->
            Time = milliseconds(Timeout),
            treefall_quiet:waiting(Time, fun() -> gen_server:call(Server, Request, Time) end)
    end,
    bound(Bind, replied(Reply));
perform({'receive', Clauses, After}) ->
    Time = case After of none -> infinity; {T, _} -> milliseconds(T) end,
    Patterns = [Pattern || {Pattern, _} <- Clauses],
    case treefall_quiet:waiting(Time, fun() -> treefall_mailbox:take(Patterns, Time) end) of
        timeout -> run(element(2, After));
        {Message, Nth} ->
            put(treefall_result, {value, Message}),
            run(element(2, lists:nth(Nth, Clauses)))
    end;
perform({receive_one, Pattern, Timeout}) ->
    Time = case Timeout of none -> infinity; _ -> milliseconds(Timeout) end,
    case treefall_quiet:waiting(Time, fun() -> treefall_mailbox:take([Pattern], Time) end) of
        timeout -> failed(no_message);
        {Message, _} -> done(Message)
    end;
perform({Start, Time, Target, Value, Bind}) when Start =:= send_after; Start =:= start_timer ->
    Timer = erlang:Start(milliseconds(Time), target(Target), value(Value)),
    treefall_quiet:timer(Timer),
    bound(Bind, Timer);
perform({cancel_timer, Timer, Bind}) -> bound(Bind, erlang:cancel_timer(value(Timer)));
perform({read_timer, Timer, Bind}) -> bound(Bind, erlang:read_timer(value(Timer)));
perform({sleep, Time}) ->
    Milliseconds = milliseconds(Time),
    treefall_quiet:waiting(Milliseconds, fun() -> timer:sleep(Milliseconds) end),
    next;
perform({hang}) -> timer:sleep(infinity);
%% Processes.
perform({spawn, Process, Values, Bind}) -> spawned(nolink, Process, Values, Bind, none);
perform({spawn_link, Process, Values, Bind, Priority}) ->
    spawned(with_priority(link, Priority), Process, Values, Bind, none);
perform({spawn_monitor, Process, Values, Bind, BindReference, Alias, Tag, Priority}) ->
    spawned({monitor, monitor_options(Alias, Tag, Priority)}, Process, Values, Bind, BindReference);
perform({spawn_request, Link, Monitor, Process, Values, BindReference, Tag, Priority}) ->
    Options = [with_priority(Word, Priority) || {Word, true} <- [{link, Link}, {monitor, Monitor}]],
    Reply = case Tag of none -> []; _ -> [{reply_tag, value(Tag)}] end,
    spawned({request, Options ++ Reply}, Process, Values, none, BindReference);
perform({Start, Started, Values, Timeout, Bind}) when Start =:= start; Start =:= start_link ->
    Options = case Timeout of none -> []; _ -> [{timeout, milliseconds(Timeout)}] end,
    Link = case Start of start -> nolink; start_link -> link end,
    unwrapped(Bind, started(start_link, Started, Values, {Link, Options}));
perform({start_monitor, Started, Values, Timeout, Bind, Linked, BindReference}) ->
    Time = case Timeout of none -> infinity; _ -> milliseconds(Timeout) end,
    Options = [{timeout, Time}, {spawn_opt, [link || Linked]}],
    watched(Bind, BindReference, started(start_monitor, Started, Values, {monitor, Options}));
perform({enter_loop, Server, Values, Name, Timeout, Continue}) ->
    Arguments = [value(Value) || Value <- Values],
    First = case {Timeout, Continue} of
        {none, none} -> infinity;
        {_, none} -> milliseconds(Timeout);
        _ -> {continue, value(Continue)}
    end,
    is_integer(First) andalso treefall_quiet:timed(),
    enter_loop(treefall_driver:definition(Server), Arguments, Name, First);
perform({init_ack, Value}) -> done(proc_lib:init_ack(value(Value)));
perform({init_fail, Value, Reason}) -> proc_lib:init_fail(value(Value), {exit, value(Reason)});
perform({stop, Target, Reason, Timeout, Bind}) ->
    {Who, Why, Time} = {target(Target), value(Reason), milliseconds(Timeout)},
    Result = treefall_quiet:waiting(Time, fun() -> gen_server:stop(Who, Why, Time) end),
    bound(Bind, Result);
perform({link, Target, false}) -> done(link(treefall_value:process(Target)));
perform({link, Target, true}) -> done(erlang:link(treefall_value:process(Target), [priority]));
perform({unlink, Target}) -> done(unlink(treefall_value:process(Target)));
perform({monitor, Target, Alias, Tag, Priority, Bind}) ->
    Whom = treefall_value:here(target(Target)),
    bound(Bind, monitor(process, Whom, monitor_options(Alias, Tag, Priority)));
perform({alias, Mode, Priority, Bind}) -> bound(Bind, alias([Mode | [priority || Priority]]));
perform({unalias, Alias, Bind}) -> bound(Bind, unalias(value(Alias)));
perform({make_ref, Bind}) -> bound(Bind, make_ref());
perform({callers, Bind}) -> bound(Bind, case get('$callers') of undefined -> nil; Callers -> Callers end);
perform({parent, Target, Bind}) ->
    case process_info(treefall_value:process(Target), parent) of
        {parent, Parent} -> bound(Bind, Parent);
        undefined -> bound(Bind, undefined)
    end;
perform({demonitor, Reference, Flush, Info, Bind}) ->
    Options = [flush || Flush] ++ [info || Info],
    Monitor = value(Reference),
    Flush andalso treefall_mailbox:flush(Monitor),
    bound(Bind, demonitor(Monitor, Options));
perform({trap_exit, Flag}) -> done(process_flag(trap_exit, value(Flag)));
perform({exit, Target, Reason, false}) -> done(exit(treefall_value:addressee(Target), value(Reason)));
perform({exit, Target, Reason, true}) ->
    done(erlang:exit(treefall_value:addressee(Target), value(Reason), [priority]));
perform({exit_self, Reason}) -> exit(value(Reason));
perform({raise, Reason}) -> error(value(Reason));
perform({throw, Term}) -> throw(treefall_mailbox:thrown(value(Term)));
perform({register, Name, Target}) -> done(register(value(Name), treefall_value:process(Target)));
perform({unregister, Name}) -> done(unregister(value(Name)));
perform({whereis, Name, Bind}) -> bound(Bind, treefall_value:where(value(Name)));
perform({is_alive, Target, Bind}) ->
    case value(Target) of
        Pid when is_pid(Pid) -> bound(Bind, is_process_alive(Pid));
        Name -> bound(Bind, treefall_value:find(Name) =/= undefined)
    end;
%% Nodes.
perform({connection, Change}) -> done(treefall_nodes:change(Change));
perform({register_name, {global, Name}, Target, Resolve}) ->
    done(global:register_name(Name, treefall_value:process(Target), fun global:Resolve/3));
perform({unregister_name, {global, Name}}) -> done(global:unregister_name(Name));
perform({monitor_node, Node, Flag}) -> done(monitor_node(treefall_nodes:real(value(Node)), Flag));
%% Tasks.
perform({return, Value}) -> returning(value, value(Value)), return;
perform({async, Linked, Name, Values, Supervisor, Shutdown, Bind, BindPid, BindReference}) ->
    Arguments = [value(Value) || Value <- Values],
    length(Arguments) =:= length(maps:get(arguments, treefall_driver:definition(Name))) orelse error(undef),
    Target = case Supervisor of none -> none; _ -> target(Supervisor) end,
    Task = treefall_start:clean(treefall_task:start(Linked, Name, Arguments, Target, Shutdown, fun replied/1)),
    bound(BindPid, maps:get(pid, Task)),
    bound(BindReference, maps:get(ref, Task)),
    bound(Bind, Task);
perform({async_stream, Linked, Name, Values, Items, Supervisor, Shutdown, Most, Ordered, Timeout, Kills, Zips, Take, Bind}) ->
    {Inputs, Arguments} = {value(Items), [value(Value) || Value <- Values]},
    is_list(Inputs) orelse error('Protocol.UndefinedError'),
    Known = length(maps:get(arguments, treefall_driver:definition(Name))),
    Inputs =:= [] orelse length(Arguments) + 1 =:= Known orelse error(undef),
    Target = case Supervisor of none -> none; _ -> target(Supervisor) end,
    Options = [
        {timeout, milliseconds(Timeout)},
        {max_concurrency, Most},
        {ordered, Ordered},
        {on_timeout, case Kills of true -> kill_task; false -> exit end},
        {zip_input_on_exit, Zips},
        {shutdown, Shutdown}
    ],
    bound(Bind, treefall_task:stream(Linked, Name, Inputs, Arguments, Target, Options, Take));
perform({await, Task, Timeout, Bind}) ->
    bound(Bind, treefall_task:await(value(Task), milliseconds(Timeout)));
perform({yield, Task, Timeout, Bind}) -> bound(Bind, treefall_task:yield(value(Task), milliseconds(Timeout)));
perform({shutdown, Task, How, Bind}) -> bound(Bind, treefall_task:shutdown(value(Task), How));
%% Supervisors.
perform({start_child, Target, {task, Name, Values, Spec, Restart, Shutdown}, Bind}) ->
    {Who, Arguments} = {target(Target), [value(Value) || Value <- Values]},
    length(Arguments) =:= length(maps:get(arguments, treefall_driver:definition(Name))) orelse error(undef),
    Result = case treefall_start:supervises_tasks(Who) of
        true -> treefall_task:start_child(Who, Name, Arguments, Restart, Shutdown);
        false -> treefall_start:start_child(Who, treefall_start:spec(Spec, Arguments))
    end,
    unwrapped(Bind, replied(Result));
perform({start_child, Target, {spec, Spec, Values}, Bind}) ->
    Child = treefall_start:spec(Spec, [value(Value) || Value <- Values]),
    child_started(Bind, target(Target), Child);
perform({start_child, Target, {named, Spec, Name, Values}, Bind}) ->
    Child = treefall_start:spec(Spec#{name := value(Name)}, [value(Value) || Value <- Values]),
    child_started(Bind, target(Target), Child);
perform({start_child, Target, {raw, Value}, Bind}) ->
    child_started(Bind, target(Target), treefall_start:rewrite(value(Value)));
perform({start_child, Target, {arguments, Values}, Bind}) ->
    Arguments = [value(Value) || Value <- Values],
    unwrapped(Bind, replied(supervisor:start_child(target(Target), Arguments)));
perform({Request, Target, Value, Bind}) when Request =:= terminate_child; Request =:= delete_child ->
    bound(Bind, replied(treefall_start:ask(target(Target), {Request, value(Value)})));
perform({Request, Target, Value, Bind}) when
    Request =:= restart_child; Request =:= which_child; Request =:= get_childspec
->
    unwrapped(Bind, replied(treefall_start:ask(target(Target), {Request, value(Value)})));
perform({Request, Target, Bind}) when Request =:= which_children; Request =:= count_children ->
    bound(Bind, replied(treefall_start:ask(target(Target), Request)));
perform({code_change, Target, What, Bind}) ->
    bound(Bind, treefall_start:change_code(target(Target), What, fun replied/1));
perform({Function, Target, Bind}) when Function =:= suspend; Function =:= resume ->
    bound(Bind, replied(sys:Function(target(Target))));
perform({check_childspecs, Specs, none, Bind}) ->
    bound(Bind, treefall_start:clean(supervisor:check_childspecs(treefall_start:rewrite(value(Specs)))));
perform({check_childspecs, Specs, AutoShutdown, Bind}) ->
    Result = supervisor:check_childspecs(treefall_start:rewrite(value(Specs)), value(AutoShutdown)),
    bound(Bind, treefall_start:clean(Result));
perform({child_spec, Of, Overrides, Bind}) ->
    Child = case Of of
        {module, Name, Values} -> {module, Name, [value(Value) || Value <- Values]};
        {raw, Value} -> {raw, value(Value)}
    end,
    bound(Bind, treefall_spec:make(Child, [{Key, value(Value)} || {Key, Value} <- Overrides]));
perform({start_application, Name, Type}) -> done(treefall_start:clean(application:start(Name, Type)));
perform({stop_application, Name}) -> done(treefall_start:clean(application:stop(Name)));
%% Registries and partition supervisors.
perform({registry, Asked}) -> treefall_registry:perform(Asked);
%% State.
perform({set, Name, Value}) ->
    Term = value(Value),
    treefall_value:write(Name, Term),
    done(Term);
perform({add, Name, Amount}) ->
    Added = value(Amount),
    is_integer(Added) orelse error(badarith),
    done(treefall_value:add(Name, Added));
perform({bind, Name, Value}) -> bound(Name, value(Value));
perform({insert, Table, Key, Value}) -> treefall_value:insert(Table, value(Key), value(Value)), done(true);
perform({delete, Table, Key}) -> treefall_value:delete(Table, value(Key)), done(true);
perform({last_result, Bind}) ->
    bound(Bind, element(2, get(treefall_result)));
perform({lookup, Table, Key, Bind}) -> bound(Bind, treefall_value:lookup(Table, value(Key)));
perform({take, Table, Key, Bind}) ->
    Found = treefall_value:lookup(Table, value(Key)),
    treefall_value:delete(Table, value(Key)),
    bound(Bind, Found);
perform({now, Bind}) ->
    bound(Bind, erlang:monotonic_time(millisecond) - persistent_term:get(treefall_began));
perform({size, Store, Bind}) -> bound(Bind, treefall_value:size(Store));
perform({members, Store, Bind}) -> bound(Bind, treefall_value:members(Store));
perform({length, List, Bind}) -> bound(Bind, length(value(List)));
perform({push, Queue, Value}) -> treefall_value:push(Queue, value(Value)), done(ok);
perform({pop, Queue, Bind}) -> bound(Bind, treefall_value:pop(Queue));
%% Functions of Erlang.
perform({compute, Left, Operator, Right, Bind}) ->
    {k, Name} = Operator,
    bound(Bind, apply(erlang, Name, [value(Left), value(Right)]));
%% The order of `ets` is that of a hash.
perform({ets, tab2list, [Table], Bind}) -> bound(Bind, lists:sort(ets:tab2list(value(Table))));
perform({ets, Function, Arguments, Bind}) ->
    bound(Bind, apply(ets, Function, [value(Argument) || Argument <- Arguments]));
perform({acquire, Resource}) ->
    put({held, Resource}, held(Resource) + 1),
    done(ok);
perform({release, Resource}) ->
    held(Resource) > 0 orelse error(badarg),
    put({held, Resource}, held(Resource) - 1),
    done(ok);
perform({log, Text, Values}) -> logged(Text, [value(Value) || Value <- Values]);
perform({note, Text}) -> logged(Text, []);
%% Control.
perform({'if', Condition, Then, Otherwise}) ->
    case treefall_value:holds(Condition) of
        true -> run(Then);
        false -> run(Otherwise)
    end;
perform({each, Store, Key, Value, Body}) ->
    each(treefall_value:entries(Store), treefall_value:bound(), Key, Value, Body);
perform({each_of, List, Item, Body}) ->
    Members = treefall_value:list(value(List)),
    each([{Member, nil} || Member <- Members], treefall_value:bound(), Item, none, Body);
perform({repeat, Times, Body}) -> repeat(Times, treefall_value:bound(), Body);
perform({match, Value, Clauses, Otherwise}) ->
    Ended = case Value of none -> get(treefall_result); _ -> {value, value(Value)} end,
    choose(Ended, Clauses, Otherwise);
perform({eventually, Within, Every, Body}) ->
    Deadline = case milliseconds(Within) of
        infinity -> infinity;
        Time -> erlang:monotonic_time(millisecond) + Time
    end,
    eventually(Deadline, max(1, milliseconds(Every)), treefall_value:bound(), Body);
perform({await_client, Name}) -> treefall_driver:await(Name), next;
perform({settle, Within}) ->
    case treefall_quiet:settle(milliseconds(Within)) of
        true -> next;
        false -> failed(not_settled)
    end;
perform({expect, What}) -> expect(What).

logged(Text, Values) ->
    treefall_trace:event({log, self(), Text, treefall_start:clean(Values)}),
    next.

child_started(Bind, Supervisor, Child) ->
    Result = treefall_start:start_child(Supervisor, Child),
    case treefall_start:is_dynamic(Supervisor) andalso treefall_start:refused(Result) of
        %% DynamicSupervisor.start_child/2 has looked at the spec itself and not asked the supervisor.
        true -> unwrapped(Bind, treefall_start:clean(Result));
        false -> unwrapped(Bind, replied(Result))
    end.

spawned(Mode, {What, Label}, Values, Bind, BindReference) ->
    Arguments = [value(Value) || Value <- Values],
    case treefall_start:launch(What, Label, undefined, {{spawn, Mode}, []}, Arguments) of
        {ok, {Pid, Reference}} ->
            bound(BindReference, Reference),
            bound(Bind, Pid);
        {ok, Request} when is_reference(Request) -> bound(BindReference, Request);
        {ok, Pid} -> bound(Bind, Pid)
    end.

with_priority(Word, true) -> {Word, [priority]};
with_priority(Word, false) -> Word.

monitor_options(Alias, Tag, Priority) ->
    [{alias, Alias} || Alias =/= none] ++ [{tag, value(Tag)} || Tag =/= none] ++ [priority || Priority].

held(Resource) ->
    case get({held, Resource}) of
        undefined -> 0;
        Times -> Times
    end.

each([], _, _, _, _) -> next;
each([{Item, Entry} | Rest], Kept, Key, Value, Body) ->
    treefall_value:forget(Kept),
    put({var, Key}, {bound, Item}),
    Value =:= none orelse put({var, Value}, {bound, Entry}),
    case run(Body) of
        next -> each(Rest, Kept, Key, Value, Body);
        return -> return
    end.

repeat(0, _, _) -> next;
repeat(Times, Kept, Body) ->
    treefall_value:forget(Kept),
    case run(Body) of
        next -> repeat(Times - 1, Kept, Body);
        return -> return
    end.

choose({Kind, Term} = Ended, Clauses, Otherwise) ->
    case lists:any(fun({Of, _, _}) -> Of =/= value end, Clauses) of
        true -> choose(Ended, Clauses, Kind, Otherwise);
        %% What a line before has expected is a result like any other.
        false -> choose({value, Term}, Clauses, value, Otherwise)
    end.

choose({_, Term} = Ended, [{Kind, Pattern, Body} | Clauses], Kind, Otherwise) ->
    case match(Pattern, Term) orelse (Kind =/= value andalso match_first(Pattern, Term)) of
        true -> run(Body);
        false -> choose(Ended, Clauses, Kind, Otherwise)
    end;
choose(Ended, [_ | Clauses], Kind, Otherwise) -> choose(Ended, Clauses, Kind, Otherwise);
choose({exit, Reason}, [], _, _) -> exit(Reason);
choose({raise, Reason}, [], _, _) -> error(Reason);
choose({value, Term}, [], _, none) -> error({case_clause, Term});
choose({value, _}, [], _, Otherwise) -> run(Otherwise).

match_first(Pattern, Term) when is_tuple(Term), tuple_size(Term) > 0 -> match(Pattern, element(1, Term));
match_first(_, _) -> false.

%% A failed expectation, or any exception, is tried again while there is time.
eventually(Deadline, Every, Kept, Body) ->
    treefall_value:forget(Kept),
    Quiet = put(treefall_eventually, true),
    try run(Body)
    of Result ->
        put(treefall_eventually, Quiet),
        Result
    catch
        Class:Reason:Stack ->
            put(treefall_eventually, Quiet),
            treefall_quiet:calm(),
            case Deadline =:= infinity orelse erlang:monotonic_time(millisecond) + Every =< Deadline of
                true ->
                    treefall_quiet:waiting(Every, fun() -> timer:sleep(Every) end),
                    eventually(Deadline, Every, Kept, Body);
                false ->
                    Reason =:= expectation_failed andalso Quiet =/= true andalso tell(get(treefall_failure)),
                    erlang:raise(Class, Reason, Stack)
            end
    end.

%% Expectations.
expect({result, Pattern}) ->
    {Kind, Term} = get(treefall_result),
    check(Kind =:= value andalso match(Pattern, Term), {Kind, Term});
expect({either, Returned, Exited}) ->
    case get(treefall_result) of
        {exit, _} -> expect({exit, Exited});
        _ -> expect({result, Returned})
    end;
expect({Wanted, Pattern}) when Wanted =:= exit; Wanted =:= raise ->
    {Kind, Term} = get(treefall_result),
    Matches = Kind =:= Wanted andalso (match(Pattern, Term) orelse match_first(Pattern, Term)),
    check(Matches, {Kind, Term});
expect({restarted, Ids}) -> all(Ids, fun(Nth) -> Nth > 1 end);
expect({untouched, Ids}) -> all(Ids, fun(Nth) -> Nth =:= 1 end);
expect({incarnation, Id, Number}) -> all([Id], fun(Nth) -> Nth =:= Number end);
expect({Wanted, Targets}) when Wanted =:= alive; Wanted =:= dead ->
    Wrong = [Target || Target <- Targets, (treefall_value:find(value(Target)) =/= undefined) =/= (Wanted =:= alive)],
    check(Wrong =:= [], wrong_processes);
expect({children, Target, Ids}) ->
    Children = replied(treefall_start:ask(target(Target), which_children)),
    check([Id || {Id, _, _, _} <- lists:reverse(Children)] =:= [value(Id) || Id <- Ids], Children);
expect({count, Target, Wanted}) ->
    Counts = replied(treefall_start:ask(target(Target), count_children)),
    Get = fun(Field) when is_map(Counts) -> maps:get(Field, Counts); (Field) -> proplists:get_value(Field, Counts) end,
    check(lists:all(fun({Field, Number}) -> Get(Field) =:= Number end, Wanted), Counts);
expect({condition, Condition}) -> check(treefall_value:holds(Condition), condition).

all(Ids, Fits) ->
    Nths = [{Id, nth(Id)} || Id <- Ids],
    check(lists:all(fun({_, Nth}) -> is_integer(Nth) andalso Fits(Nth) end, Nths), Nths).

nth(Id) ->
    case treefall_start:person(treefall_value:find(Id)) of
        {_, _, _, Nth, _} -> Nth;
        none -> dead
    end.

check(true, _) -> next;
check(false, Found) -> failed(Found).

failed(Found) ->
    Failure = {failed, self(), get(treefall_span), treefall_start:clean(Found)},
    put(treefall_failure, Failure),
    get(treefall_eventually) =:= true orelse tell(Failure),
    exit(expectation_failed).

tell(Failure) -> treefall_trace:event(Failure).
