%% Nobody asks in which order messages go.
-module(treefall_messages).
-export([got/1]).

got(_) -> ok.
