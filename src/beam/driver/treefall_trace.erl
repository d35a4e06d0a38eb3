%% What happened, in one total order, and how it is written down.
%%
%% Processes write their own events into the table treefall_events under a strictly increasing number; the
%% tracer files the starts and ends of processes under the number that the trace message carries, which is
%% drawn from the same sequence at the moment of the event.
-module(treefall_trace).
-export([start/0, event/1, log/2, reports/5, follow/1, finish/0, print/2]).

start() ->
    Self = self(),
    Tracer = spawn_link(fun() ->
        process_flag(priority, high),
        Self ! {self(), ready},
        tracer()
    end),
    receive {Tracer, ready} -> ok end,
    persistent_term:put(treefall_tracer, Tracer),
    ok = logger:set_primary_config(level, error),
    ok = logger:set_module_level(supervisor, debug),
    ok = logger:add_handler(treefall, ?MODULE, #{level => debug}),
    logger:remove_handler(default),
    ok.

event(Event) ->
    ets:insert(treefall_events, {erlang:unique_integer([monotonic]), Event}),
    ok.

%% Follows a process and everybody it spawns.
follow(Pid) ->
    Tracer = persistent_term:get(treefall_tracer),
    erlang:trace(Pid, true, treefall_messages:prepare() ++ [procs, set_on_spawn, strict_monotonic_timestamp, {tracer, Tracer}]).

tracer() ->
    receive
        {trace_ts, Parent, spawn, Child, Call, {_, Number}} -> file(Number, spawned(Parent, Child, Call));
        {trace_ts, _, What, _, {_, Number}} = Traced when What =:= exit; What =:= call ->
            file(Number, treefall_messages:heard(Traced));
        {trace_ts, _, What, _, _, {_, Number}} = Traced when What =:= send; What =:= send_to_non_existing_process ->
            file(Number, treefall_messages:heard(Traced));
        {finish, From} -> From ! {self(), finished};
        _ -> ok
    end,
    tracer().

spawned(Parent, Child, Call) ->
    {spawn, Parent, Child, More} = who(Parent, Child, Call),
    {spawn, Parent, Child, [{"awaited", true} || is_awaited(Call)] ++ More}.

%% Whether somebody waits for its word that it has started.
is_awaited({proc_lib, init_p, [_, _, gen, init_it | _]}) -> true;
is_awaited({proc_lib, init_p, [_, _, treefall_script, started_process | _]}) -> true;
is_awaited(_) -> false.

%% Supervisors and partitions that are Elixir's own do not say who they are: that shows in what is spawned.
who(Parent, Child, {proc_lib, init_p, [_, _, gen, init_it, [gen_server, _, _, {local, Name}, Module, Init | _]]}) ->
    case {Module, Init} of
        {'Elixir.Registry.Partition', _} ->
            Label = treefall_start:clean(Name),
            treefall_start:adopt(Child, Label, worker),
            {spawn, Parent, Child, [{"label", Label}]};
        {supervisor, {_, Callbacks, _}} when
            Callbacks =:= 'Elixir.Registry.Supervisor'; Callbacks =:= 'Elixir.PartitionSupervisor'
        ->
            treefall_start:adopt(Child, Name, supervisor),
            {spawn, Parent, Child, [{"supervises", true}]};
        _ -> {spawn, Parent, Child, []}
    end;
who(Parent, Child, {proc_lib, init_p, [_, _, gen, init_it, [_, _, _, {via, _, _}, supervisor, {_, 'Elixir.PartitionSupervisor', _} | _]]}) ->
    {spawn, Parent, Child, [{"supervises", true}]};
%% The monitor of a stream, and what it spawns to kill a task that is late.
who(Parent, Child, {erlang, apply, [Fun, []]}) when is_function(Fun) ->
    [{module, Module}, {name, Name}] = [erlang:fun_info(Fun, Item) || Item <- [module, name]],
    case {Module, atom_to_list(Name)} of
        {'Elixir.Task.Supervised', "-stream/" ++ _} ->
            treefall_start:adopt(Child, stream_monitor, worker),
            {spawn, Parent, Child, [{"label", stream_monitor}]};
        {'Elixir.Task.Supervised', _} -> {spawn, Parent, Child, [{"helper", true}]};
        _ -> {spawn, Parent, Child, []}
    end;
who(Parent, Child, _) -> {spawn, Parent, Child, []}.

file(Number, Event) -> ets:insert(treefall_events, {Number, Event}).

%% A logger handler: it runs in the process that logs.
log(#{level := Level, msg := {report, #{label := {supervisor, progress}, report := Report}}}, _) ->
    Started = proplists:get_value(started, Report),
    count(progress, treefall_start:clean(proplists:get_value(id, Started)), none, Level);
log(#{level := Level, msg := {report, #{label := {supervisor, Context}, report := Report}}}, _) ->
    Offender = proplists:get_value(offender, Report),
    Children = proplists:get_value(nb_children, Offender, 0),
    Reason = treefall_start:clean(proplists:get_value(reason, Report)),
    Id = treefall_start:clean(proplists:get_value(id, Offender)),
    count(Context, Id, {is, Reason}, Level),
    event({report, self(), Context, Reason, Id, Children});
log(_, _) -> ok.

%% Reports are counted by the child id of their supervisor, which says who it is before it starts anybody.
count(Kind, Child, Reason, Level) ->
    case ets:lookup(treefall_people, self()) of
        [{_, _, Supervisor, _, _}] ->
            Key = {report, Supervisor, Kind, Child, Reason, Level},
            ets:update_counter(treefall_counts, Key, 1, {Key, 0});
        [] -> ok
    end.

%% How many of these there have been.
reports(Supervisor, Kind, Child, Reason, Level) ->
    Logged = ets:match_object(treefall_counts, {{report, Supervisor, Kind, '_', '_', '_'}, '_'}),
    lists:sum([Times || {{report, _, _, Id, Why, Found}, Times} <- Logged,
        Child =:= any orelse Child =:= {is, Id},
        Reason =:= any orelse Reason =:= Why orelse Reason =:= first(Why),
        Level =:= any orelse Level =:= Found]).

first({is, Reason}) when is_tuple(Reason), tuple_size(Reason) > 0 -> {is, element(1, Reason)};
first(_) -> none.

%% Waits until all that has happened is filed, and returns it.
finish() ->
    Reference = erlang:trace_delivered(all),
    receive {trace_delivered, all, Reference} -> ok end,
    Tracer = persistent_term:get(treefall_tracer),
    Tracer ! {finish, self()},
    receive {Tracer, finished} -> ok end,
    treefall_messages:told([Event || {_, Event} <- lists:sort(ets:tab2list(treefall_events))]).

%% Everything, one JSON object a line, between two markers: what happened on each node, the own one last, and
%% what came of it.
print(Nodes, Last) ->
    Named = fun({Node, Events}) -> [{node, Node} || treefall_nodes:is_node(Node)] ++ Events end,
    Events = lists:append(lists:map(Named, lists:reverse(Nodes))) ++ Last,
    Lines = [[line(Event), $\n] || Event <- Events],
    io:setopts(standard_io, [{encoding, unicode}]),
    io:put_chars(standard_io, unicode:characters_to_binary(["\n=treefall begin=\n", Lines, "=treefall end=\n"])).

line({node, Node}) -> object([{"event", "\"node\""}, {"node", term(Node)}]);
line({label, Parent, Label}) -> object([{"event", "\"label\""}, {"pid", term(Parent)}, {"label", term(Label)}]);
line({label_of, Parent, Label}) -> object([{"event", "\"label_of\""}, {"pid", term(Parent)}, {"label", term(Label)}]);
line({task, Pid, Label}) -> object([{"event", "\"task\""}, {"pid", term(Pid)}, {"label", term(Label)}]);
line({streams, Owner, Label}) -> object([{"event", "\"streams\""}, {"pid", term(Owner)}, {"label", term(Label)}]);
line({begins, Pid}) -> object([{"event", "\"begins\""}, {"pid", term(Pid)}]);
line({initialised, Pid}) -> object([{"event", "\"initialised\""}, {"pid", term(Pid)}]);
line({not_started, Parent}) -> object([{"event", "\"not_started\""}, {"pid", term(Parent)}]);
line({spawn, Parent, Child, More}) ->
    Said = [{Name, term(Value)} || {Name, Value} <- More],
    object([{"event", "\"spawn\""}, {"pid", term(Child)}, {"parent", term(Parent)} | Said]);
line({supervises, Pid, Dynamic}) -> object([{"event", "\"supervises\""}, {"pid", term(Pid)}, {"dynamic", atom_to_list(Dynamic)}]);
line({exit, Pid, Reason}) -> object([{"event", "\"exit\""}, {"pid", term(Pid)}, {"reason", term(Reason)}]);
line({report, Pid, Context, Reason, Id, Children}) ->
    object([{"event", "\"report\""}, {"pid", term(Pid)}, {"context", term(Context)}, {"reason", term(Reason)},
        {"id", term(Id)}, {"children", term(Children)}]);
line({reply, Pid, Value}) -> object([{"event", "\"reply\""}, {"pid", term(Pid)}, {"value", term(Value)}]);
line({failed, Pid, {Start, _}, Found}) ->
    object([{"event", "\"failed\""}, {"pid", term(Pid)}, {"start", term(Start)}, {"value", term(Found)}]);
line({tree, Pid, Children}) ->
    object([{"event", "\"tree\""}, {"pid", term(Pid)}, {"value", term(Children)}]);
line({started, Pid}) -> object([{"event", "\"started\""}, {"pid", term(Pid)}]);
line({log, Pid, Text, Values}) ->
    object([{"event", "\"log\""}, {"pid", term(Pid)}, {"text", term(Text)}, {"value", term(Values)}]);
line({message, Deed, Pid, Kind, Content, Other}) ->
    Said = [{"deed", term(Deed)}, {"kind", term(Kind)}, {"value", term(Content)}, {"other", term(Other)}],
    object([{"event", "\"message\""}, {"pid", term(Pid)} | Said]);
line({finals, Held}) -> object([{"event", "\"finals\""}, {"value", term(Held)}]);
line({ended, How, Late}) ->
    object([{"event", "\"ended\""}, {"settled", atom_to_list(How =:= settled)}, {"late", term(Late)}]).

object(Fields) ->
    [${, lists:join($,, [[$", Name, "\":", Value] || {Name, Value} <- Fields]), $}].

term(Atom) when is_atom(Atom) -> ["{\"atom\":", text(atom_to_list(Atom)), $}];
term(Number) when is_integer(Number) -> integer_to_list(Number);
term(Text) when is_binary(Text) ->
    case unicode:characters_to_list(Text) of
        Characters when is_list(Characters) -> text(Characters);
        _ -> opaque(Text)
    end;
term(Pid) when is_pid(Pid) -> ["{\"pid\":", text(pid(Pid)), $}];
term(Reference) when is_reference(Reference) -> "{\"ref\":0}";
term(Tuple) when is_tuple(Tuple) -> ["{\"tuple\":", terms(tuple_to_list(Tuple)), $}];
term(Map) when is_map(Map) ->
    ["{\"map\":", terms([{Key, Value} || {Key, Value} <- lists:sort(maps:to_list(Map))]), $}];
term(List) when is_list(List) ->
    case catch length(List) of
        Length when is_integer(Length) -> terms(List);
        _ -> opaque(List)
    end;
term(Other) -> opaque(Other).

%% The first number of a pid is another on each node, and says which node it is.
pid(Pid) ->
    [_ | Numbers] = string:split(pid_to_list(Pid), "."),
    lists:append(["<", atom_to_list(treefall_nodes:where(Pid)), "." | Numbers]).

terms(Terms) -> [$[, lists:join($,, [term(Term) || Term <- Terms]), $]].

opaque(Term) -> ["{\"opaque\":", text(lists:flatten(io_lib:format("~0tp", [Term]))), $}].

text(Characters) -> [$", [escaped(Character) || Character <- Characters], $"].

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped(Character) when Character < 32 -> io_lib:format("\\u~4.16.0b", [Character]);
escaped(Character) -> Character.
