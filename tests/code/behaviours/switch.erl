-module(switch).
-behaviour(gen_statem).
-export([start_link/0, init/1, callback_mode/0, off/3, on/3]).
start_link() -> gen_statem:start_link(?MODULE, [], []).
callback_mode() -> [state_functions, state_enter].
init([]) -> {ok, off, 0}.
off(enter, _, D) -> {keep_state, D};
off({call, F}, get, _) -> {keep_state_and_data, [{reply, F, off}]};
off({call, F}, flip, D) -> {next_state, on, D + 1, [{reply, F, ok}]}.
on(enter, _, _) -> {keep_state_and_data, [{state_timeout, 20, back}]};
on({call, F}, get, _) -> {keep_state_and_data, [{reply, F, on}]};
on(state_timeout, back, D) -> {next_state, off, D}.
