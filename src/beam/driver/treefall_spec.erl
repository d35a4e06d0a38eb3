%% Child specs that Elixir makes: child_spec/1 of the modules that a scenario defines, and Supervisor.child_spec/2.
-module(treefall_spec).
-export([define/1, make/2]).

%% For each definition a module that uses what such a module would use, for its child_spec/1 alone.
define(Specs) -> maps:foreach(fun define/2, Specs).

define(Name, {use, Behaviour, Options}) ->
    Use = {use, [], [Behaviour, 'Elixir.Macro':escape(Options)]},
    Init = {def, [], [{init, [], [{'_argument', [], nil}]}, [{do, ignore}]]},
    Module = {defmodule, [], [module(Name), [{do, {'__block__', [], [Use, Init]}}]]},
    'Elixir.Code':eval_quoted(Module, [], []),
    ok;
define(_, {called, _, _}) -> ok.

%% Supervisor.child_spec/2. What the scenario calls a module has one argument for each of its start arguments.
make({module, Name, Arguments}, Overrides) ->
    Spec = 'Elixir.Supervisor':child_spec(child({Name, Arguments}), Overrides),
    known(Name, Spec, Arguments);
make({raw, Child}, Overrides) ->
    Spec = 'Elixir.Supervisor':child_spec(child(Child), Overrides),
    case Child of
        Name when is_atom(Name) -> known(Name, Spec, [[]]);
        {Name, Argument} when is_atom(Name) -> known(Name, Spec, [Argument]);
        _ -> Spec
    end.

%% A child as Elixir is given it.
child(Name) when is_atom(Name) -> child({Name, []});
child({Name, Argument}) when is_atom(Name) ->
    case maps:find(Name, treefall_driver:program(child_specs)) of
        {ok, {use, _, _}} -> {module(Name), Argument};
        %% Its options are what it is started with, and its name is one of them.
        {ok, {called, Module, Options}} -> 'Elixir.Supervisor':child_spec({Module, [{name, Name}]}, Options);
        error -> {existing(Name), Argument}
    end;
child(Other) -> Other.

%% A module that the scenario defines, but not one that has a child_spec/1, or one that it does not define.
existing(Name) ->
    case treefall_driver:module(Name) of
        {ok, _} -> list_to_atom("treefall:" ++ atom_to_list(Name));
        error -> Name
    end.

module(Name) -> list_to_atom("treefall_spec:" ++ atom_to_list(Name)).

%% The specification in the scenario's words: the module that has made it is the one that the scenario defines.
known(Name, Spec, Arguments) ->
    Made = case treefall_driver:program(child_specs) of
        #{Name := {called, Elixir, _}} -> Elixir;
        _ -> module(Name)
    end,
    Start = case Spec of
        #{start := {Made, start_link, [_]}} -> {Name, start_link, Arguments};
        #{start := Other} -> Other
    end,
    case Spec of
        #{id := Id} when Id =:= Made -> Spec#{id := Name, start := Start};
        _ -> Spec#{start := Start}
    end.
