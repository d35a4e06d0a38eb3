defmodule Mix.Tasks.Treefall do
  @shortdoc "Runs treefall: every order of a supervision tree"

  @moduledoc """
  Runs the `treefall` program with these arguments.

      $ mix treefall explore scenarios
      $ mix treefall explore --code . --test MyApp.ServerTest

  Without arguments it checks the folder `scenarios`, as a CI does. For compiled code, run it where `mix test` has
  compiled it.
  """

  use Mix.Task

  @impl true
  def run(args) do
    case Treefall.bin_path() do
      {:ok, _} -> :ok
      {:error, message} -> Mix.raise(message)
    end

    args = if args == [], do: ["check", "scenarios"], else: args

    case Treefall.run(args) do
      0 -> :ok
      status -> exit({:shutdown, status})
    end
  end
end
