//! What tests of ExUnit use beside their own code: what is captured, what `test_helper.exs` does, how Elixir is
//! configured. The real ExUnit says the same of each.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::witness;

const HELPER: &str = r#"
ExUnit.start()

defmodule Helped do
  defmacro five, do: 5
  def six, do: 6
end

{:ok, _} = Agent.start(fn -> Helped.six() end, name: :helped)
"#;

const TESTS: &str = r#"
defmodule Late do
  use GenServer
  require Logger
  def init(_), do: {:ok, nil}
  def handle_call(:before, _, state) do
    Logger.warning("at work")
    {:reply, :done, state}
  end
  def handle_call(:after, from, state) do
    GenServer.reply(from, :done)
    Logger.warning("at work")
    {:noreply, state}
  end
end

defmodule UsesTest do
  use ExUnit.Case
  import ExUnit.{CaptureIO, CaptureLog}
  import Helped
  require Logger

  test "what is logged" do
    pid = start_supervised!(%{id: Late, start: {GenServer, :start_link, [Late, nil]}})
    assert capture_log(fn -> GenServer.call(pid, :before) end) =~ "[warning] at work"
    assert {:done, log} = with_log([level: :error], fn -> GenServer.call(pid, :before) end)
    assert log == ""
    assert capture_log(fn -> Logger.error(["a", ?b]); :logger.info("c ~p", [:d]) end) =~
      ~r/^\n[\d:.]+ \[error\] ab\n\n[\d:.]+ \[info\] c .*d/
    assert capture_log(fn -> Logger.error(a: 1, b: "x") end) =~ ~s([error] [a: 1, b: "x"])
    assert_raise RuntimeError, fn -> capture_log(fn -> raise "boom" end) end
    assert capture_log(fn -> :ok end) == ""
  end

  test "other things" do
    assert capture_io(fn -> IO.puts("x") end) == "x\n"
    assert Agent.get(:helped, & &1) == five() + 1
    assert Calendar.get_time_zone_database() == Calendar.UTCOnlyTimeZoneDatabase
    assert DateTime.add(~U[2024-01-01 00:00:00Z], 5) == ~U[2024-01-01 00:00:05Z]
    assert {System.argv(), URI.parse("https://x").port} == {[], 443}
  end

  test "too late" do
    pid = start_supervised!(%{id: Late, start: {GenServer, :start_link, [Late, nil]}})
    assert capture_log(fn -> GenServer.call(pid, :after) end) =~ "at work"
  end

  test "nobody" do
    :pong = GenServer.call(:nobody, :ping)
  end
end
"#;

#[test]
fn what_tests_use_is_there_and_what_they_do_wrong_is_found() {
    if !witness::has("elixirc") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    fs::create_dir(folder.path().join("test")).expect("a folder");
    for (name, text) in [("test_helper.exs", HELPER), ("uses_test.exs", TESTS)] {
        fs::write(folder.path().join("test").join(name), text).expect("written");
    }
    let place = TESTS.lines().position(|line| line.contains(":nobody")).expect("it is there") + 1;
    for (only, wanted, says) in [
        ("what is logged", 0, "every property holds"),
        ("other things", 0, "every property holds"),
        ("too late", 1, "Assertion with =~ failed"),
        ("nobody", 1, &format!("(test/uses_test.exs:{place})")),
    ] {
        let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
        treefall.args(["explore", "--code", ".", "--test", "UsesTest", "--trace", "none", "--only", only]);
        let output = treefall.current_dir(folder.path()).env("COLUMNS", "200").output();
        let output = output.expect("treefall runs");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(wanted), "{only}: {told}{complaints}");
        assert!(told.contains(says), "{only}: {told}");
    }
}
