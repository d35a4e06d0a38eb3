%% There is one node.
-module(treefall_nodes).
-export([names/0, at/4, where/1, everywhere/3, first/3, real/1, plain/1, is_node/1, flush/0, change/1]).

names() -> [nonode].
at(_, Module, Function, Arguments) -> apply(Module, Function, Arguments).
where(_) -> nonode.
everywhere(Module, Function, Arguments) -> [apply(Module, Function, Arguments)].
first(Module, Function, Arguments) -> apply(Module, Function, Arguments).
real(Name) -> Name.
plain(Name) -> Name.
is_node(_) -> false.
flush() -> true.
change(_) -> error(there_is_one_node).
