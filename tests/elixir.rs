//! `integrations/elixir`: its own tests, and a project that takes it, with the Elixir that is installed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether mix is there; a test that goes without it says so.
fn has_mix() -> bool {
    let there = Command::new("mix").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if there.is_err() {
        eprintln!("skipped: Elixir is not installed");
    }
    there.is_ok()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("it can be listed");
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true if entry.file_name() == "_build" => (),
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("it can be copied")),
        }
    }
}

fn mix_test(folder: &Path) -> (String, Output) {
    let mut mix = Command::new("mix");
    mix.args(["test", "--seed", "0", "--no-color"]).current_dir(folder);
    mix.env("TREEFALL", env!("CARGO_BIN_EXE_treefall")).env("MIX_ENV", "test").env_remove("ERL_LIBS");
    let output = mix.output().expect("mix can be started");
    let told = [&output.stdout[..], &output.stderr].concat();
    (String::from_utf8_lossy(&told).into_owned(), output)
}

#[test]
fn its_own_tests_pass() {
    if !has_mix() {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    copy(&root().join("integrations/elixir"), folder.path());
    let (told, output) = mix_test(folder.path());
    assert!(output.status.success(), "{told}");
    assert!(told.contains("5 tests, 0 failures"), "{told}");
}

const PROJECT: &str = r#"defmodule KV.MixProject do
  use Mix.Project

  def project do
    [app: :kv, version: "0.1.0", deps: [{:treefall, path: "treefall", only: [:dev, :test]}]]
  end

  def application, do: [extra_applications: [:logger], mod: {KV, []}]
end
"#;

/// The guide's store, with two of its tests tagged: one has a race, and the other is proved to have none.
#[test]
fn a_tagged_test_with_a_race_fails_with_its_explanation() {
    if !has_mix() {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    copy(&root().join("integrations/elixir"), &at("treefall"));
    copy(&root().join("tests/code/kv/lib"), &at("lib"));
    let test =
        fs::read_to_string(root().join("tests/code/kv/test/kv/registry_test.exs")).expect("it is there");
    let tagged = ["  test \"removes buckets on exit\"", "  test \"spawns buckets\""]
        .iter()
        .fold(test, |test, line| test.replacen(line, &format!("  @tag :treefall\n{line}"), 1));
    fs::create_dir_all(at("test/kv")).expect("a folder can be made");
    fs::write(at("test/kv/registry_test.exs"), tagged).expect("it can be written");
    fs::write(at("test/test_helper.exs"), "ExUnit.start()\n").expect("it can be written");
    // A machine that is busy has the time that the explanation takes on it.
    let case = "defmodule KV.EveryOrderTest do\n  use Treefall.Case, explain_for: \"2m\"\nend\n";
    fs::write(at("test/every_order_test.exs"), case).expect("it can be written");
    fs::write(at("mix.exs"), PROJECT).expect("it can be written");
    let (told, output) = mix_test(folder.path());
    assert!(!output.status.success(), "{told}");
    // The race is real: now and then ExUnit meets it too.
    assert!(told.contains("5 tests, 1 failure") || told.contains("5 tests, 2 failures"), "{told}");
    assert!(!told.contains("test KV.RegistryTest: spawns buckets, in every order"), "{told}");
    for words in [
        "KV.RegistryTest: removes buckets on exit, in every order",
        "Assertion with == failed",
        "One decision makes it fail",
        "In the other order every property holds.",
    ] {
        assert!(told.contains(words), "`{words}` is not in {told}");
    }
}

/// `mix treefall` is the program, in the project: what it prints and its exit status.
#[test]
fn mix_treefall_runs_the_program() {
    if !has_mix() {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    copy(&root().join("integrations/elixir"), folder.path());
    let mix = |arguments: &[&str]| {
        let mut mix = Command::new("mix");
        mix.arg("treefall").args(arguments).current_dir(folder.path());
        mix.env("TREEFALL", env!("CARGO_BIN_EXE_treefall")).env_remove("ERL_LIBS");
        let output = mix.output().expect("mix can be started");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        (told, output.status.code())
    };
    let (told, status) = mix(&["explore", "scenarios"]);
    assert!(told.contains("held") && told.contains("scenarios/comes_back.kdl"), "{told}");
    assert_eq!(status, Some(0));
    let (_, status) = mix(&["run", "scenarios/none.kdl"]);
    assert_eq!(status, Some(2));
}
