%% Registries and partition supervisors: starting Elixir's own, and what statements do with them.
-module(treefall_registry).
-export([start/2, perform/1]).

-import(treefall_value, [value/1, match/2]).
-import(treefall_script, [done/1, bound/2, unwrapped/2, run/1]).

-define(REGISTRY, 'Elixir.Registry').
-define(PARTITIONS, 'Elixir.PartitionSupervisor').
-define(MARKER, '$treefall').

start({registry, _}, #{registry := Options}) -> ?REGISTRY:start_link(Options);
start({partitions, _}, #{module := Label, called := Name, count := Count, child := Child, with_arguments := With, options := Options}) ->
    Arguments = fun(Given, Partition) -> arguments(Given, Partition, With) end,
    Spec = treefall_start:spec(Child, []),
    Started = ?PARTITIONS:start_link(
        [{name, Name}, {child_spec, Spec}, {partitions, Count}, {with_arguments, Arguments} | Options]
    ),
    case Started of
        %% It is known by no name of its own, as the tracer knows the others.
        {ok, Pid} when not is_atom(Name) -> treefall_start:adopt(Pid, Label, supervisor);
        _ -> ok
    end,
    Started.

%% What the copy with this number is started with, and what treefall calls it.
arguments([{?MARKER, What, Label, Name} | Given], Partition, With) ->
    Called = list_to_atom(atom_to_list(Label) ++ "." ++ integer_to_list(Partition)),
    [{?MARKER, What, Called, Name} | with(Given, Partition, With)].

with(Given, _, none) -> Given;
with(_, Partition, Values) ->
    Before = put({var, partition}, {bound, Partition}),
    Arguments = [value(Value) || Value <- Values],
    case Before of
        undefined -> erase({var, partition});
        _ -> put({var, partition}, Before)
    end,
    Arguments.

perform({register, Registry, Key, Value, Bind}) ->
    unwrapped(Bind, ?REGISTRY:register(Registry, value(Key), value(Value)));
perform({unregister, Registry, Key, none}) -> done(?REGISTRY:unregister(Registry, value(Key)));
perform({unregister, Registry, Key, Pattern}) ->
    done(?REGISTRY:unregister_match(Registry, value(Key), match_pattern(Pattern)));
perform({lookup, Registry, Key, none, Bind}) -> bound(Bind, ?REGISTRY:lookup(Registry, value(Key)));
perform({lookup, Registry, Key, Pattern, Bind}) ->
    bound(Bind, ?REGISTRY:match(Registry, value(Key), match_pattern(Pattern)));
perform({count, Registry, Bind}) -> bound(Bind, ?REGISTRY:count(Registry));
perform({count_match, Registry, Key, Pattern, Bind}) ->
    bound(Bind, ?REGISTRY:count_match(Registry, value(Key), match_pattern(Pattern)));
perform({values, Registry, Key, Owner, Bind}) ->
    bound(Bind, ?REGISTRY:values(Registry, value(Key), treefall_value:process(Owner)));
perform({keys, Registry, Owner, Bind}) -> bound(Bind, ?REGISTRY:keys(Registry, treefall_value:process(Owner)));
perform({update_value, Registry, Key, Value, Bind}) ->
    New = value(Value),
    bound(Bind, ?REGISTRY:update_value(Registry, value(Key), fun(_) -> New end));
perform({dispatch, Registry, Key, Pid, Value, Body}) ->
    Each = fun(Entries) ->
        [begin put({var, Pid}, {bound, Owner}), put({var, Value}, {bound, Held}), run(Body) end || {Owner, Held} <- Entries],
        ok
    end,
    done(?REGISTRY:dispatch(Registry, value(Key), Each));
perform({dispatch_parallel, Registry, Key, Pid, Value, Body}) ->
    {Caller, Held} = {self(), [{{Kind, Name}, Term} || {{Kind, Name}, Term} <- get(), Kind =/= held]},
    Definition = get(treefall_definition),
    Each = fun(Entries) ->
        self() =:= Caller orelse become(Held, Definition),
        [begin put({var, Pid}, {bound, Owner}), put({var, Value}, {bound, Held1}), run(Body) end || {Owner, Held1} <- Entries],
        ok
    end,
    %% What a task is called of which nobody but its owner knows.
    treefall_trace:event({label_of, self(), dispatch}),
    Dispatch = fun() -> ?REGISTRY:dispatch(Registry, value(Key), Each, [{parallel, true}]) end,
    done(treefall_quiet:waiting(infinity, Dispatch));
perform({whereis, Via, Bind}) ->
    {via, Module, Name} = value(Via),
    bound(Bind, Module:whereis_name(Name));
perform({meta, Registry, Key, Bind}) -> unwrapped(Bind, ?REGISTRY:meta(Registry, value(Key)));
perform({put_meta, Registry, Key, Value}) -> done(?REGISTRY:put_meta(Registry, value(Key), value(Value)));
perform({delete_meta, Registry, Key}) -> done(?REGISTRY:delete_meta(Registry, value(Key)));
perform({lock, Registry, Key, Body}) -> ?REGISTRY:lock(Registry, value(Key), fun() -> run(Body) end);
perform({partitions, Supervisor, Bind}) -> bound(Bind, ?PARTITIONS:partitions(Supervisor));
perform({resize, Supervisor, Count, Bind}) -> bound(Bind, ?PARTITIONS:'resize!'(Supervisor, value(Count))).

%% A task that runs a block knows what the process knew that the block stands in.
become(Held, Definition) ->
    treefall_start:adopt(self(), dispatch, worker),
    put(treefall_result, {value, ok}),
    put(treefall_returning, #{}),
    put(treefall_definition, Definition),
    [put(Item, Term) || {Item, Term} <- Held].

%% A pattern as ETS knows it. A variable that has a value stands for that, another for anything, the same
%% each time.
match_pattern(any) -> '_';
match_pattern({k, Term}) -> Term;
match_pattern(self) -> self();
match_pattern({v, Name}) ->
    case treefall_value:read(Name) of
        {ok, Term} -> Term;
        error -> list_to_atom("$" ++ integer_to_list(erlang:phash2(Name, 90) + 1))
    end;
match_pattern({t, Patterns}) -> list_to_tuple([match_pattern(Pattern) || Pattern <- Patterns]);
match_pattern({l, Patterns}) -> [match_pattern(Pattern) || Pattern <- Patterns];
match_pattern({m, Pairs}) -> maps:from_list([{value(Key), match_pattern(Pattern)} || {Key, Pattern} <- Pairs]).
