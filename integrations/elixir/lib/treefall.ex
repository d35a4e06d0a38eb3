defmodule Treefall do
  @moduledoc """
  Finds the `treefall` program and asks it about scenarios and tests.

  The program is not part of this package. It is looked for in this order:

    * `config :treefall, path: "/opt/treefall/bin/treefall"`
    * the environment variable `TREEFALL`
    * the path of programs
  """

  @doc "Where the program is."
  @spec bin_path() :: {:ok, Path.t()} | {:error, String.t()}
  def bin_path do
    named =
      case {Application.get_env(:treefall, :path), System.get_env("TREEFALL")} do
        {nil, nil} -> nil
        {nil, path} -> {path, "the environment variable TREEFALL"}
        {path, _} -> {path, "config :treefall, path:"}
      end

    case named do
      nil ->
        case System.find_executable("treefall") do
          nil -> {:error, missing()}
          path -> {:ok, path}
        end

      {path, who} ->
        case System.find_executable(path) do
          nil -> {:error, "#{who} says #{path}, and no program is there"}
          found -> {:ok, found}
        end
    end
  end

  # This package lies in the sources of the program, wherever those are.
  @sources Path.expand("../../..", __DIR__)

  defp missing do
    sources = if File.exists?(Path.join(@sources, "Cargo.toml")), do: " --path #{@sources}", else: ""

    """
    the program `treefall` is not installed. This brings it (Rust, https://rustup.rs, and some minutes are needed):

        cargo install#{if sources == "", do: " treefall", else: sources}

    If it is somewhere already: `config :treefall, path: "/opt/treefall/bin/treefall"`, or TREEFALL=/opt/treefall/bin/treefall
    """
  end

  @doc "Runs the program, its output as that of this one, and returns its exit status."
  @spec run([String.t()]) :: non_neg_integer()
  def run(args) do
    {_, status} = System.cmd(program!(), args, into: IO.stream(:stdio, :line))
    status
  end

  @doc """
  Whether a scenario holds, in every order or in as many as are tried. If it does not, the message says what breaks, why,
  and how to see it again.

  Options:

    * `:explore` - more arguments of `treefall explore`, such as `["--seeds", "0..100000"]`
    * `:out` - where the schedules of failures go, `"treefall-failures"` if nothing else is said
    * `:explain_for` - how long to look for the explanation of a failure, `"10s"` if nothing else is said
  """
  @spec verify(Path.t(), keyword()) :: :ok | {:error, String.t()}
  def verify(file, options \\ []), do: explore([file], options)

  @doc "The same for one test of a module of tests, which treefall compiles from its file and runs itself."
  @spec verify_test(Path.t(), String.t(), keyword()) :: :ok | {:error, String.t()}
  def verify_test(file, name, options \\ []) do
    explore(["--code", ".", "--test", file, "--only", name], options)
  end

  defp explore(args, options) do
    out = Keyword.get(options, :out, "treefall-failures")
    more = Keyword.get(options, :explore, [])
    # So wide that the name of a schedule is never broken.
    args = ~w(explore --trace none --color never --width 1000 --out) ++ [out] ++ more ++ args
    {told, status} = System.cmd(program!(), args, stderr_to_stdout: true)

    case status do
      0 -> :ok
      1 -> {:error, told <> explanation(told, options)}
      _ -> {:error, told}
    end
  end

  # The schedule of the failure is named in what was printed.
  defp explanation(told, options) do
    with [_, schedule] <- Regex.run(~r/Explain it:\s+treefall explain\s+(\S+)/, told),
         time = Keyword.get(options, :explain_for, "10s"),
         args = ["explain", "--color", "never", "--for", time, schedule],
         {explained, 1} <- System.cmd(program!(), args, stderr_to_stdout: true) do
      "\n" <> explained
    else
      _ -> ""
    end
  end

  defp program! do
    case bin_path() do
      {:ok, path} -> path
      {:error, message} -> raise message
    end
  end
end
