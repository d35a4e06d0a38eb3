# The race of 12a_the_test_as_it_is_written.kdl, on the Erlang of your machine:
#
#     elixir scenarios/guide/12a_on_your_own_erlang.exs [ROUNDS]
#
# The registry below is the guide's, and each round is the guide's test: create a bucket, stop it, look it up
# at once. A lookup is wrong if it is answered with a bucket that is dead. It stops after a minute at the latest.

defmodule KV.Registry do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, :ok, name: __MODULE__)
  def lookup(name), do: GenServer.call(__MODULE__, {:lookup, name})
  def create(name), do: GenServer.cast(__MODULE__, {:create, name})

  @impl true
  def init(:ok), do: {:ok, {%{}, %{}}}

  @impl true
  def handle_call({:lookup, name}, _from, {names, _refs} = state) do
    {:reply, Map.fetch(names, name), state}
  end

  @impl true
  def handle_cast({:create, name}, {names, refs} = state) do
    if Map.has_key?(names, name) do
      {:noreply, state}
    else
      bucket = %{id: Agent, start: {Agent, :start_link, [fn -> %{} end]}, restart: :temporary}
      {:ok, pid} = DynamicSupervisor.start_child(KV.BucketSupervisor, bucket)
      ref = Process.monitor(pid)
      {:noreply, {Map.put(names, name, pid), Map.put(refs, ref, name)}}
    end
  end

  @impl true
  def handle_info({:DOWN, ref, :process, _pid, _reason}, {names, refs}) do
    {name, refs} = Map.pop(refs, ref)
    {:noreply, {Map.delete(names, name), refs}}
  end
end

children = [
  {DynamicSupervisor, name: KV.BucketSupervisor, strategy: :one_for_one},
  KV.Registry
]

{:ok, _} = Supervisor.start_link(children, strategy: :one_for_all)

rounds =
  case System.argv() do
    [rounds | _] -> String.to_integer(rounds)
    [] -> 100_000
  end

deadline = System.monotonic_time(:second) + 60

{played, wrong} =
  Enum.reduce_while(1..rounds, {0, 0}, fn round, {played, wrong} ->
    KV.Registry.create(round)
    {:ok, bucket} = KV.Registry.lookup(round)
    Agent.stop(bucket)

    # The test of the guide asserts that this is :error.
    wrong = if KV.Registry.lookup(round) == :error, do: wrong, else: wrong + 1

    next = if System.monotonic_time(:second) < deadline, do: :cont, else: :halt
    {next, {played + 1, wrong}}
  end)

IO.puts("#{wrong} of #{played} lookups were answered with a bucket that was dead")
