{application, kv, [
    {description, "a store"}, {vsn, "1"}, {modules, [kv]}, {registered, [kv_sup]},
    {applications, [kernel, stdlib]}, {mod, {kv, []}}, {env, [{size, 3}]}
]}.
