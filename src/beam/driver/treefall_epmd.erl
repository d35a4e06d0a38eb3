%% Who knows where nodes are, instead of a daemon: each node is told the port of the other.
%%
%% A network that is cut is one in which nobody is found.
-module(treefall_epmd).
-export([start_link/0, listen_port_please/2, register_node/2, register_node/3, address_please/3]).
-export([port_please/2, port_please/3, names/1]).
-export([port/0, learn/1, cut/1]).

-define(VERSION, 5).

%% Where this node listens.
port() -> persistent_term:get(treefall_port).

%% Where the other does.
learn(Port) -> persistent_term:put(treefall_other_port, Port).

cut(Flag) -> persistent_term:put(treefall_cut, Flag).

%% What net_kernel and the distribution ask.
start_link() -> ignore.

listen_port_please(_, _) -> {ok, 0}.

register_node(Name, Port) -> register_node(Name, Port, inet).
register_node(_, Port, _) ->
    persistent_term:put(treefall_port, Port),
    {ok, 1}.

address_please(_, _, _) ->
    case persistent_term:get(treefall_cut, false) of
        true -> {error, ehostunreach};
        false -> {ok, {127, 0, 0, 1}, persistent_term:get(treefall_other_port), ?VERSION}
    end.

port_please(Name, Host) -> port_please(Name, Host, infinity).
port_please(Name, Host, _) ->
    case address_please(Name, Host, inet) of
        {ok, _, Port, Version} -> {port, Port, Version};
        {error, _} -> noport
    end.

names(_) -> {error, address}.
