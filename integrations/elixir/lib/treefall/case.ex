defmodule Treefall.Case do
  @moduledoc """
  Every scenario, and every test that is tagged `:treefall`, as a test that holds in every order.

      defmodule MyApp.EveryOrderTest do
        use Treefall.Case
      end

  A test fails with the explanation as its message: which decision makes it fail, and what happened.

  Options:

    * `:scenarios` - a folder of `.kdl` files, `"scenarios"` if nothing else is said
    * `:tests` - a folder of tests, `"test"` if nothing else is said; in the files of it that end in `_test.exs` those
      are taken that have `@tag :treefall` before them, or `@moduletag :treefall` or `@describetag :treefall` above them
    * `:explore`, `:out`, `:explain_for` - as in `Treefall.verify/2`

  A tagged test runs twice: as ExUnit runs it, and in every order as treefall does.
  """

  defmacro __using__(options) do
    quote bind_quoted: [options: options] do
      use ExUnit.Case, async: true

      # What treefall is asked, it may take its time for.
      @moduletag timeout: Keyword.get(options, :timeout, 600_000)
      @treefall_options Keyword.take(options, [:explore, :out, :explain_for])

      scenarios = Keyword.get(options, :scenarios, "scenarios")

      for file <- Treefall.Case.scenarios(scenarios) do
        @external_resource file
        test file do
          Treefall.Case.hold!(Treefall.verify(unquote(file), @treefall_options))
        end
      end

      for {file, module, name} <- Treefall.Case.tagged(Keyword.get(options, :tests, "test")) do
        @external_resource file
        test "#{module}: #{name}, in every order" do
          options = Treefall.Case.apart(@treefall_options, unquote(module), unquote(name))
          verified = Treefall.verify_test(unquote(file), unquote(name), options)
          Treefall.Case.hold!(verified)
        end
      end
    end
  end

  @doc false
  def hold!(:ok), do: :ok
  def hold!({:error, message}), do: raise(ExUnit.AssertionError, message: message)

  # The scenario that treefall writes for a module is beside its failures: each test has its own.
  @doc false
  def apart(options, module, name) do
    folder = String.replace("#{module} #{name}", ~r/[^\w.]+/u, "_")
    Keyword.update(options, :out, Path.join("treefall-failures", folder), &Path.join(&1, folder))
  end

  @doc "The scenarios of a folder, and of those in it."
  @spec scenarios(Path.t()) :: [Path.t()]
  def scenarios(folder), do: Path.wildcard(Path.join(folder, "**/*.kdl"))

  @doc "The tests below a folder that are tagged `:treefall`: file, module, name."
  @spec tagged(Path.t()) :: [{Path.t(), String.t(), String.t()}]
  def tagged(folder) do
    for file <- Path.wildcard(Path.join(folder, "**/*_test.exs")),
        {:ok, code} <- [Code.string_to_quoted(File.read!(file))],
        {module, name} <- modules(code),
        do: {file, module, name}
  end

  defp modules(code) do
    {_, found} =
      Macro.prewalk(code, [], fn
        {:defmodule, _, [{:__aliases__, _, parts}, [do: body]]} = node, found ->
          {node, found ++ tests(Enum.join(parts, "."), lines(body), "", false)}

        node, found ->
          {node, found}
      end)

    found
  end

  defp lines({:__block__, _, lines}), do: lines
  defp lines(line), do: [line]

  # `all` says whether everything from here on is tagged.
  defp tests(module, lines, before, all) do
    {found, _, _} =
      Enum.reduce(lines, {[], all, false}, fn line, {found, all, tagged} ->
        case line do
          {:@, _, [{:tag, _, [tag]}]} ->
            {found, all, tagged or treefall?(tag)}

          {:@, _, [{kind, _, [tag]}]} when kind in [:moduletag, :describetag] ->
            {found, all or treefall?(tag), tagged}

          {:test, _, [name | _]} when is_binary(name) ->
            if all or tagged,
              do: {found ++ [{module, before <> name}], all, false},
              else: {found, all, false}

          {:describe, _, [name, [do: body]]} when is_binary(name) ->
            {found ++ tests(module, lines(body), before <> name <> " ", all), all, tagged}

          _ ->
            {found, all, tagged}
        end
      end)

    found
  end

  defp treefall?(:treefall), do: true

  defp treefall?(tags) when is_list(tags),
    do: Enum.any?(tags, &(&1 == :treefall or match?({:treefall, true}, &1)))

  defp treefall?(_), do: false
end
