defmodule TreefallTest do
  use ExUnit.Case

  @broken """
  scenario "the caller goes down with the server"

  supervisor top { worker counter }

  server counter {
      on call next  { reply 1 }
      on cast crash { exit reason=boom }
  }

  client caller { call counter next; expect 1 }
  client other  { cast counter crash }
  """

  setup do
    folder = Path.join(System.tmp_dir!(), "treefall-#{System.unique_integer([:positive])}")
    File.mkdir_p!(folder)
    on_exit(fn -> File.rm_rf!(folder) end)
    %{folder: folder}
  end

  test "what breaks is explained", %{folder: folder} do
    file = Path.join(folder, "broken.kdl")
    File.write!(file, @broken)
    assert {:error, message} = Treefall.verify(file, out: folder)
    assert message =~ "expect is broken"
    assert message =~ "decision"
    assert message =~ "treefall replay"
  end

  test "what is wrong with a file is said", %{folder: folder} do
    file = Path.join(folder, "wrong.kdl")
    File.write!(file, "supervisor top { wroker a }")
    assert {:error, message} = Treefall.verify(file, out: folder)
    assert message =~ "wroker"
  end

  test "a program that is not there is told with how to get it" do
    before = Map.new(["TREEFALL", "PATH"], &{&1, System.get_env(&1)})
    on_exit(fn -> System.put_env(before) end)
    System.put_env("TREEFALL", "/nowhere/treefall")
    assert {:error, message} = Treefall.bin_path()
    assert message =~ "TREEFALL says /nowhere/treefall"
    System.put_env(%{"TREEFALL" => nil, "PATH" => "/nowhere"})
    assert {:error, message} = Treefall.bin_path()
    assert message =~ "cargo install"
    assert_raise Mix.Error, ~r/cargo install/, fn -> Mix.Tasks.Treefall.run([]) end
  end

  test "tagged tests are found, with the names that ExUnit gives them", %{folder: folder} do
    File.write!(Path.join(folder, "a_test.exs"), """
    defmodule A.BTest do
      use ExUnit.Case
      test "not this", do: :ok
      @tag :treefall
      test "this", %{} do
        :ok
      end
      @tag timeout: 1
      test "nor this", do: :ok
      describe "in here" do
        @describetag treefall: true
        test "all", do: :ok
        test "of it", do: :ok
      end
      test "nor that", do: :ok
    end
    """)

    names = for {_, "A.BTest", name} <- Treefall.Case.tagged(folder), do: name
    assert names == ["this", "in here all", "in here of it"]
  end
end
