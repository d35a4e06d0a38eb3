%% Nobody is disturbed: treefall chooses who goes first.
-module(treefall_chaos).
-export([perhaps/0]).

perhaps() -> ok.
