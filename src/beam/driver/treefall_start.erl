%% Starting what a scenario names: the start functions that child specs name, the child specs, and the
%% requests to supervisors.
%%
%% A module M of the scenario is the generated module 'treefall:M', so that it never clashes with one of
%% Erlang's own. A start function's first argument says what is started, for Erlang cannot tell it from the
%% module alone: two nested supervisors may have one name. What scenarios see is cleaned of both.
-module(treefall_start).
-export([adopt/3, give/2, named/1]).
-export([define/1, start/1, init/1, start_application/2, launch/5, born/2, born/3, place/0, place_of/1]).
-export([change_code/3, spec/2, rewrite/1, ask/2, start_child/2, is_dynamic/1, supervises_tasks/1, person/1, who/1, refused/1, clean/1]).

-define(MARKER, '$treefall').
-define(ARGUMENTS_MAX, 12).

%% Makes a module for each name.
define(Names) -> [define_one(Name) || Name <- Names], ok.

define_one(Name) ->
    Variables = [{var, 1, list_to_atom("A" ++ integer_to_list(N))} || N <- lists:seq(1, ?ARGUMENTS_MAX)],
    Call = fun(Function, Arguments) -> {call, 1, {remote, 1, {atom, 1, ?MODULE}, {atom, 1, Function}}, Arguments} end,
    List = fun(Elements) -> lists:foldr(fun(E, Tail) -> {cons, 1, E, Tail} end, {nil, 1}, Elements) end,
    Starts = [
        {function, 1, start_link, N, [
            {clause, 1, lists:sublist(Variables, N), [], [Call(start, [List(lists:sublist(Variables, N))])]}
        ]}
     || N <- lists:seq(1, ?ARGUMENTS_MAX)
    ],
    Runs = [
        {function, 1, run, N, [
            {clause, 1, lists:sublist(Variables, N), [], [
                {call, 1, {remote, 1, {atom, 1, treefall_task}, {atom, 1, run}}, [{atom, 1, Name}, List(lists:sublist(Variables, N))]}
            ]}
        ]}
     || N <- lists:seq(0, ?ARGUMENTS_MAX)
    ],
    [A1, A2 | _] = Variables,
    Module = module(Name),
    Forms = [
        {attribute, 1, module, Module},
        {attribute, 1, export, [{start_link, N} || N <- lists:seq(1, ?ARGUMENTS_MAX)]
            ++ [{run, N} || N <- lists:seq(0, ?ARGUMENTS_MAX)] ++ [{init, 1}, {start, 2}, {stop, 1}]}
    ] ++ Starts ++ Runs ++ [
        {function, 1, init, 1, [{clause, 1, [A1], [], [Call(init, [A1])]}]},
        {function, 1, start, 2, [{clause, 1, [{var, 1, '_'}, A2], [], [Call(start_application, [{atom, 1, Name}, A2])]}]},
        {function, 1, stop, 1, [{clause, 1, [{var, 1, '_'}], [], [{atom, 1, ok}]}]}
    ],
    {ok, Module, Binary} = compile:forms(Forms),
    {module, Module} = code:load_binary(Module, "treefall", Binary).

module(Name) -> list_to_atom("treefall:" ++ atom_to_list(Name)).

%% What a start function does, in the process that calls it.
start(Arguments) ->
    {Before, [{?MARKER, What, Label, Name} | After]} = lists:splitwith(
        fun(Argument) -> not (is_tuple(Argument) andalso tuple_size(Argument) =:= 4 andalso element(1, Argument) =:= ?MARKER) end,
        Arguments
    ),
    launch(What, label(What, Label), Name, {link, []}, Before ++ After).

%% Children of a static supervisor are called by their id, all others by their module.
label(What, Label) ->
    case {get(treefall_dynamic), What} of
        {true, {definition, Name}} when Name =/= '(worker)', Name =/= '(agent)' -> Name;
        {true, {definition, _}} -> Label;
        {true, _} -> maps:get(module, treefall_driver:definition(What));
        {undefined, _} -> Label
    end.

%% What = {definition, Name} | {supervisor, Number} | {dynamic_supervisor, Number}
launch(What, Label, Name, How, Arguments) ->
    has_start_link(What, length(Arguments)) orelse error(undef),
    case begin_launch(What, Label, Name, How, Arguments) of
        {ok, Pid} -> with_info(What, Pid);
        {{ok, _}, Monitor} = Watched when is_reference(Monitor) -> Watched;
        Other ->
            starts_nothing(What) orelse treefall_trace:event({not_started, self()}),
            Other
    end.

%% Nobody is born, or somebody whose life begins before it says so.
starts_nothing({definition, Name}) ->
    lists:member(maps:get(kind, treefall_driver:definition(Name)), [start_function, started_process]);
starts_nothing(_) -> false.

%% start_link is defined with as many arguments as the definition names, and no other.
has_start_link({definition, Name}, Given) ->
    case treefall_driver:definition(Name) of
        #{arguments := Arguments} -> length(Arguments) =:= Given;
        _ -> true
    end;
has_start_link(_, _) -> true.

%% {ok, Pid, Info} where the definition has some.
with_info({definition, Name}, Pid) ->
    case treefall_driver:definition(Name) of
        #{info := Info} -> {ok, Pid, Info};
        _ -> {ok, Pid}
    end;
with_info(_, Pid) -> {ok, Pid}.

begin_launch({definition, Definition} = What, Label, Name, {Link, Options}, Arguments) ->
    Birth = {Label, place()},
    case treefall_driver:definition(Definition) of
        #{kind := Kind} when Kind =:= process; element(1, Link) =:= spawn ->
            treefall_trace:event({label, self(), Label}),
            Spawned = case Link of
                _ when Link =:= link; Link =:= {spawn, link} -> spawn_link(treefall_script, process, [What, Arguments, Birth]);
                _ when Link =:= nolink; Link =:= {spawn, nolink} ->
                    spawn(treefall_script, process, [What, Arguments, Birth]);
                {spawn, {link, Linking}} ->
                    spawn_opt(treefall_script, process, [What, Arguments, Birth], [{link, Linking}]);
                {spawn, {request, Requested}} ->
                    spawn_request(treefall_script, process, [What, Arguments, Birth], Requested);
                {spawn, {monitor, Monitoring}} ->
                    spawn_opt(treefall_script, process, [What, Arguments, Birth], [{monitor, Monitoring}])
            end,
            Pid = case Spawned of {P, _} -> P; P -> P end,
            %% It runs before it has its name, and before its starter goes on.
            treefall_chaos:perhaps(),
            Name =:= undefined orelse (catch give(Name, Pid)),
            {ok, Spawned};
        #{kind := started_process} ->
            treefall_trace:event({label, self(), Label}),
            Time = proplists:get_value(timeout, Options, infinity),
            Spawn = proplists:get_value(spawn_opt, Options, []),
            Start = case Link of link -> start_link; nolink -> start; monitor -> start_monitor end,
            proc_lib:Start(treefall_script, started_process, [What, Arguments, Birth, Name], Time, Spawn);
        #{kind := task} ->
            treefall_trace:event({label, self(), Label}),
            Start = case Link of link -> start_link; _ -> start end,
            {ok, Pid} = Started = 'Elixir.Task':Start(treefall_task, run_child, [Definition, Arguments, Birth]),
            Name =:= undefined orelse (catch register(Name, Pid)),
            Started;
        #{kind := start_function, outcome := Outcome, value := Value} ->
            start_nothing(Outcome, treefall_value:value(Value));
        _ ->
            treefall_trace:event({label, self(), Label}),
            Init = {What, Arguments, Birth},
            {Behaviour, Module} = case treefall_driver:definition(Definition) of
                #{kind := statem} -> {gen_statem, treefall_statem};
                _ -> {gen_server, treefall_server}
            end,
            case {Link, Name} of
                {monitor, undefined} -> Behaviour:start_monitor(Module, Init, Options);
                {monitor, _} -> Behaviour:start_monitor(named(Name), Module, Init, Options);
                {link, undefined} -> Behaviour:start_link(Module, Init, Options);
                {link, _} -> Behaviour:start_link(named(Name), Module, Init, Options);
                {_, undefined} -> Behaviour:start(Module, Init, Options);
                {_, _} -> Behaviour:start(named(Name), Module, Init, Options)
            end
    end;
begin_launch({supervisor, _} = What, Label, Name, {Link, _}, _Arguments) ->
    treefall_trace:event({label, self(), Label}),
    #{module := Module} = treefall_driver:definition(What),
    Init = {What, {Label, place()}},
    Result = case Name of
        undefined -> supervisor:start_link(module(Module), Init);
        _ -> supervisor:start_link(named(Name), module(Module), Init)
    end,
    unlink_unless(Link, Result);
begin_launch({dynamic_supervisor, _} = What, Label, Name, {Link, _}, _Arguments) ->
    treefall_trace:event({label, self(), Label}),
    #{module := Module} = treefall_driver:definition(What),
    Init = {What, {Label, place()}},
    Named = case Name of undefined -> []; _ -> [{name, Name}] end,
    Result = 'Elixir.DynamicSupervisor':start_link(module(Module), Init, Named),
    unlink_unless(Link, Result);
begin_launch({Kind, _} = What, Label, _Name, {Link, _}, _Arguments) when Kind =:= registry; Kind =:= partitions ->
    treefall_trace:event({label, self(), Label}),
    Result = treefall_registry:start(What, treefall_driver:definition(What)),
    unlink_unless(Link, Result);
begin_launch({task_supervisor, _} = What, Label, Name, {Link, _}, _Arguments) ->
    treefall_trace:event({label, self(), Label}),
    #{options := Options} = treefall_driver:definition(What),
    Named = case Name of undefined -> []; _ -> [{name, Name}] end,
    unlink_unless(Link, treefall_task:start_supervisor(Options, Named, {Label, place()})).

give({global, Name}, Pid) -> yes = global:register_name(Name, Pid);
give(Name, Pid) -> register(Name, Pid).

%% How gen_server names what it starts.
named({via, _, _} = Name) -> Name;
named({global, _} = Name) -> Name;
named(Name) -> {local, Name}.

start_nothing(returns, Term) -> Term;
start_nothing(throws, Term) -> throw(Term);
start_nothing(exits, Reason) -> exit(Reason);
start_nothing(raises, Reason) -> error(Reason).

unlink_unless(link, Result) -> Result;
unlink_unless(_, {ok, Pid} = Result) -> unlink(Pid), Result;
unlink_unless(_, Result) -> Result.

%% What a supervisor's init/1 returns.
init({changed, What}) ->
    case treefall_driver:definition(What) of
        #{raw := Raw} -> rewrite(Raw);
        #{raises := Reason} -> error(Reason);
        #{flags := Flags, children := Children} -> {ok, {flags(Flags), [spec(Child, []) || Child <- Children]}}
    end;
init({What, Birth}) ->
    born(Birth, element(1, What)),
    case treefall_driver:definition(What) of
        #{raises := Reason} -> error(Reason);
        #{raw := Raw} ->
            Dynamic = has_template(Raw),
            Dynamic andalso put(treefall_dynamic, true),
            treefall_trace:event({supervises, self(), Dynamic}),
            rewrite(Raw);
        #{flags := #{strategy := Strategy} = Flags, children := Children} ->
            Dynamic = Strategy =:= simple_one_for_one,
            Dynamic andalso put(treefall_dynamic, true),
            treefall_trace:event({supervises, self(), Dynamic}),
            {ok, {flags(Flags), [spec(Child, []) || Child <- Children]}};
        #{options := Options} ->
            put(treefall_dynamic, true),
            treefall_trace:event({supervises, self(), true}),
            'Elixir.DynamicSupervisor':init(Options)
    end.

%% What the file says, and otherwise what Elixir says, where it runs. It knows no simple_one_for_one any more,
%% and for a long time no auto_shutdown.
flags(Said) ->
    Defaults = case treefall_driver:program(elixir) of
        true ->
            {ok, {Flags, []}} = 'Elixir.Supervisor':init([], [{strategy, one_for_one}]),
            Flags;
        false -> #{intensity => 3, period => 5, auto_shutdown => never}
    end,
    maps:merge(Defaults, Said).

%% A code change: the argument of init/1, which the supervisor keeps in its state, becomes another.
change_code(Supervisor, What, Replied) ->
    Replied(sys:suspend(Supervisor)),
    sys:replace_state(Supervisor, fun
        (State) when is_map(State) -> State#{args := {changed, What}};
        (State) -> setelement(tuple_size(State), State, {changed, What})
    end),
    Result = Replied(sys:change_code(Supervisor, treefall, undefined, [])),
    Replied(sys:resume(Supervisor)),
    Result.

has_template({ok, {#{strategy := simple_one_for_one}, _}}) -> true;
has_template({ok, {{simple_one_for_one, _, _}, _}}) -> true;
has_template(_) -> false.

start_application(Name, _Arguments) ->
    {What, Label, Registered} = treefall_driver:application(Name),
    launch(What, Label, Registered, {link, []}, []).

%% A process says who it is: its label, and its place in the tree.
born({Label, Above} = Birth, Kind) ->
    put(treefall_place, [Label | Above]),
    born(self(), Birth, Kind).

%% Another says so for it.
born(Pid, {Label, Above}, Kind) -> treefall_people:join(Pid, [Label | Above], Label, Kind).

%% A process that does not say who it is.
adopt(Pid, Label, Kind) -> treefall_people:adopt(Pid, Label, Kind).

place() ->
    case get(treefall_place) of
        undefined -> [];
        Place -> Place
    end.

%% The place of a process, by its pid or its name.
place_of(Name) when is_atom(Name) -> place_of(whereis(Name));
place_of(Pid) -> treefall_people:place(Pid).

%% Child specs.

spec(#{id := Id, what := What, module := Module, label := Label, name := Name} = Spec, Arguments) ->
    Marker = {?MARKER, What, Label, Name},
    Modules = case Spec of
        #{modules := Said} -> Said;
        _ -> [module(Module)]
    end,
    #{restart := Restart, shutdown := Shutdown, type := Type, significant := Significant, arguments := First} = Spec,
    #{
        id => Id,
        start => {module(Module), start_link, [Marker | First ++ Arguments]},
        restart => Restart,
        shutdown => Shutdown,
        type => Type,
        modules => Modules,
        significant => Significant
    }.

%% A verbatim spec, or a term that holds some: start functions of the scenario become the generated ones.
rewrite(#{start := {Module, start_link, Arguments}} = Spec) when is_atom(Module), is_list(Arguments) ->
    case treefall_driver:module(Module) of
        {ok, What} ->
            Marker = {?MARKER, What, raw_label(maps:get(id, Spec, Module), Module), undefined},
            Spec#{start := {module(Module), start_link, [Marker | Arguments]}};
        error -> Spec
    end;
rewrite({Id, {Module, start_link, Arguments}, Restart, Shutdown, Type, Modules}) when is_atom(Module), is_list(Arguments) ->
    case treefall_driver:module(Module) of
        {ok, What} ->
            Marker = {?MARKER, What, raw_label(Id, Module), undefined},
            {Id, {module(Module), start_link, [Marker | Arguments]}, Restart, Shutdown, Type, Modules};
        error -> {Id, {Module, start_link, Arguments}, Restart, Shutdown, Type, Modules}
    end;
rewrite(Tuple) when is_tuple(Tuple) -> list_to_tuple([rewrite(E) || E <- tuple_to_list(Tuple)]);
rewrite([Head | Tail]) -> [rewrite(Head) | rewrite(Tail)];
rewrite(Other) -> Other.

raw_label(Id, _) when is_atom(Id) -> Id;
raw_label(_, Module) -> Module.

%% Requests to supervisors.

is_dynamic(Target) ->
    Pid = who(treefall_value:here(Target)),
    case person(Pid) of
        {_, _, _, _, Kind} -> is_dynamic_kind(Kind);
        %% It has its name before its init/1 has said what it is.
        none -> is_pid(Pid) andalso is_atom(Target) andalso is_dynamic_module(treefall_driver:module(Target))
    end.

is_dynamic_module({ok, {Kind, _}}) -> is_dynamic_kind(Kind);
is_dynamic_module(_) -> false.

is_dynamic_kind(Kind) -> Kind =:= dynamic_supervisor orelse Kind =:= task_supervisor.

%% Whether it is a Task.Supervisor; of one that is dead, whether it was.
supervises_tasks(Target) ->
    case person(who(Target)) of
        {_, _, _, _, Kind} -> Kind =:= task_supervisor;
        none -> is_atom(Target) andalso is_task_supervisor(treefall_driver:module(Target))
    end.

is_task_supervisor({ok, {task_supervisor, _}}) -> true;
is_task_supervisor(_) -> false.

%% What is known of a process, on its node.
person(Pid) when is_pid(Pid) ->
    case treefall_nodes:at(treefall_nodes:where(Pid), treefall_people, lookup, [Pid]) of
        [Person] -> Person;
        [] -> none
    end;
person(_) -> none.

%% The process that a target means now, if it means one.
who(Target) ->
    case catch treefall_value:here(Target) of
        Pid when is_pid(Pid) -> Pid;
        Name when is_atom(Name) -> whereis(Name);
        {global, _} = Name -> treefall_value:where(Name);
        {Name, Node} when is_atom(Node) -> treefall_nodes:at(treefall_nodes:plain(Node), erlang, whereis, [Name]);
        _ -> undefined
    end.

ask(Supervisor, Request) ->
    case {is_dynamic(Supervisor), Request} of
        {true, {terminate_child, Pid}} when is_pid(Pid) -> 'Elixir.DynamicSupervisor':terminate_child(Supervisor, Pid);
        {true, count_children} -> 'Elixir.DynamicSupervisor':count_children(Supervisor);
        {true, which_children} -> 'Elixir.DynamicSupervisor':which_children(Supervisor);
        _ -> clean(gen_server:call(Supervisor, Request, infinity))
    end.

start_child(Supervisor, Child) ->
    case {is_dynamic(Supervisor), Child} of
        {true, Spec} -> 'Elixir.DynamicSupervisor':start_child(Supervisor, Spec);
        {false, _} -> supervisor:start_child(Supervisor, Child)
    end.

refused({error, {Why, _}}) when is_atom(Why) -> lists:prefix("invalid_", atom_to_list(Why));
refused(_) -> false.

%% What scenarios may see of a term: no generated modules, no markers, no stack traces.
clean(Atom) when is_atom(Atom) ->
    case atom_to_list(Atom) of
        "treefall:" ++ Name -> list_to_atom(Name);
        "Elixir.GenServer" -> gen_server;
        "Elixir." ++ Name -> list_to_atom(Name);
        "treefall_" ++ _ -> treefall_nodes:plain(Atom);
        _ -> Atom
    end;
clean({?MARKER, _, _, _} = Marker) -> Marker;
clean(#{'__exception__' := true, '__struct__' := Exception}) -> clean(Exception);
clean({start_child, Child}) when is_map(Child) -> {start_child, clean(maps:get(id, Child, Child))};
clean({start_child, {{M, _, _}, _, _, _, _}}) when is_atom(M) -> {start_child, clean(M)};
clean({start_task, _, _, _}) -> {start_child, 'Task.Supervised'};
clean(Tuple) when is_tuple(Tuple) -> list_to_tuple([clean(E) || E <- tuple_to_list(Tuple)]);
clean(Map) when is_map(Map) -> maps:from_list([{clean(K), clean(V)} || {K, V} <- maps:to_list(Map)]);
clean([{M, F, A, Where} | _] = List) when is_atom(M), is_atom(F), is_list(Where), (is_integer(A) orelse is_list(A)) ->
    case lists:all(fun({_, _, _, W}) -> is_list(W); (_) -> false end, List) of
        true -> stacktrace;
        false -> clean_list(List)
    end;
clean(List) when is_list(List) -> clean_list(List);
clean(Other) -> Other.

clean_list([{?MARKER, _, _, _} | Tail]) -> clean_list(Tail);
clean_list([Head | Tail]) -> [clean(Head) | clean_list(Tail)];
clean_list([]) -> [];
clean_list(Improper) -> clean(Improper).
