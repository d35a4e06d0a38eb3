{application,kv,
             [{applications,[kernel,stdlib,elixir,logger]},
              {modules,['Elixir.KV','Elixir.KV.Bucket','Elixir.KV.Registry','Elixir.KV.Supervisor']},
              {registered,[]},
              {vsn,"0.1.0"},
              {mod,{'Elixir.KV',[]}}]}.
