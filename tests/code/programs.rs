//! Whole programs: samples that the real emulator runs too, applications under OTP's own controller, and what others
//! have written, where it is installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::witness;

/// A folder with these files of `tests/code/programs`, compiled.
fn folder(files: &[&str]) -> Option<TempDir> {
    if !witness::has("erlc") {
        return None;
    }
    let folder = TempDir::new().expect("a folder");
    for file in files {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/programs").join(file);
        fs::copy(source, folder.path().join(file)).expect("it is there");
        if file.ends_with(".erl") {
            compile(&folder, file);
        }
    }
    Some(folder)
}

fn compile(folder: &TempDir, file: &str) {
    let compiled = Command::new("erlc").arg(file).current_dir(folder.path()).output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
}

fn treefall(folder: &TempDir, arguments: &[&str], scenario: &str) -> Output {
    fs::write(folder.path().join("x.kdl"), format!("code \".\"\n{scenario}")).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
    command.args(arguments).arg("x.kdl").current_dir(folder.path()).env("COLUMNS", "200");
    command.output().expect("treefall runs")
}

/// Holds in the calm run and under some seeds.
fn holds(folder: &TempDir, scenario: &str) {
    let output = treefall(folder, &["explore", "--seeds", "0..5", "--prove", "0"], scenario);
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{scenario}\n{told}");
}

/// Asks `erl` what the samples come to, and writes a module that says so.
pub const ASK_SAMPLES: &str = "logger:set_primary_config(level, none), \
    Come = [{S, samples:outcome(fun() -> samples:S() end)} || S <- samples:all()], \
    {ok, F} = file:open(\"expected.erl\", [write, {encoding, utf8}]), \
    io:format(F, \"-module(expected).~n-export([holds/0]).~nholds() ->~n\", []), \
    io:format(F, \"    [{S, R} = {S, samples:outcome(fun() -> samples:S() end)} || {S, R} <- ~p], ok.~n\", [Come]), \
    file:close(F), io:format(\"~p\", [length(Come)]), halt().";

/// Each sample comes to the same, here in the calm run and on the real emulator.
#[test]
fn samples_come_to_what_they_come_to_on_the_real_emulator() {
    let Some(folder) = folder(&["samples.erl"]) else { return };
    let asked =
        Command::new("erl").args(["-noshell", "-eval", ASK_SAMPLES]).current_dir(folder.path()).output();
    let asked = String::from_utf8_lossy(&asked.expect("erl runs").stdout).into_owned();
    let count: usize = asked.trim().parse().unwrap_or_else(|_| panic!("it says how many: {asked}"));
    assert!(count >= 40, "{count}");
    compile(&folder, "expected.erl");
    let output = treefall(&folder, &["run", "--trace", "none"], "allow orphans\nrun \"expected.holds\"\n");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn applications_run_under_the_controller_of_otp() {
    let Some(folder) = folder(&["kv.erl", "kv.app"]) else { return };
    let start = "start \"application.ensure_all_started\" kv\n";
    holds(&folder, &format!("{start}run \"kv.used\"\n"));
    holds(&folder, &format!("{start}run \"kv.stopped\"\n"));
    fs::write(folder.path().join("sys.config"), "[{kv, [{colour, green}]}].\n").expect("written");
    holds(&folder, &format!("{start}run \"kv.configured\"\n"));
    // Who asks for an environment and has not said what runs is told what to write.
    let output = treefall(&folder, &["run"], "run \"kv.used\"\n");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        told.contains("write which applications run") && told.contains("for kv.used/0 (kv.erl:14)"),
        "{told}"
    );
}

/// An application in an archive is read as one in a folder is.
#[test]
fn modules_and_applications_can_be_in_archives() {
    let Some(folder) = folder(&["kv.erl", "kv.app"]) else { return };
    let ebin = folder.path().join("kv-1/ebin");
    fs::create_dir_all(&ebin).expect("a folder");
    for file in ["kv.beam", "kv.app"] {
        fs::rename(folder.path().join(file), ebin.join(file)).expect("it is there");
    }
    const PACK: &str =
        "{ok, _} = zip:create(\"kv.ez\", [\"kv-1/ebin/kv.beam\", \"kv-1/ebin/kv.app\"]), halt().";
    let packed = Command::new("erl").args(["-noshell", "-eval", PACK]).current_dir(folder.path()).output();
    assert!(packed.expect("erl runs").status.success());
    holds(&folder, "code \"kv.ez\"\nstart \"application.ensure_all_started\" kv\nrun \"kv.used\"\n");
    fs::write(folder.path().join("kv.ez"), "no archive").expect("written");
    let output = treefall(&folder, &["run"], "code \"kv.ez\"\nrun \"kv.used\"\n");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && told.contains("kv.ez is no archive of modules"), "{told}");
}

/// The folders of modules of an application that is installed.
fn installed(application: &str) -> bool {
    let ask = format!("io:format(\"~p\", [code:lib_dir({application}) =/= {{error, bad_name}}]), halt().");
    let asked = Command::new("erl").args(["-noshell", "-eval", &ask]).output().expect("erl runs");
    let is = asked.stdout == b"true";
    if !is {
        eprintln!("{application} is not tried, since it is not installed");
    }
    is
}

#[test]
fn what_others_have_written_starts_and_works() {
    let Some(folder) = folder(&["others.erl", "proved.erl"]) else { return };
    for program in ["p1_utils", "folsom"].into_iter().filter(|program| installed(program)) {
        let start = format!("start \"application.ensure_all_started\" {program}\n");
        holds(&folder, &format!("allow orphans\n{start}run \"others.{program}\"\n"));
    }
    if installed("proper") {
        holds(&folder, "allow orphans\nrun \"proved.proper\"\n");
    }
    if installed("lager") {
        holds(&folder, "start \"application.ensure_all_started\" goldrush\nrun \"others.lager\"\n");
        // It asks a supervisor of the kernel for a child.
        let start = "start \"application.ensure_all_started\" lager\nrun \"others.p1_utils\"\n";
        let output = treefall(&folder, &["run"], start);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(2) && told.contains("called by "), "{told}");
    }
}

/// The modules that RabbitMQ has in place of OTP's behaviours, if its package has been unpacked.
fn rabbit_common() -> Option<PathBuf> {
    let unpacked = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/programs");
    let roots = [std::env::var_os("TREEFALL_PROGRAMS").map_or(unpacked, PathBuf::from), PathBuf::from("/")];
    let inside = |folder: PathBuf, begins: &str| {
        let entries = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
        let mut found: Vec<PathBuf> = entries
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(begins)))
            .collect();
        found.sort();
        found.pop()
    };
    roots.into_iter().find_map(|root| {
        let server = inside(root.join("usr/lib/rabbitmq/lib"), "rabbitmq_server-")?;
        Some(inside(server.join("plugins"), "rabbit_common-")?.join("ebin"))
    })
}

#[test]
fn behaviours_of_rabbitmq_do_what_they_are_for() {
    let Some(folder) = folder(&["rabbit.erl"]) else { return };
    let Some(modules) = rabbit_common() else {
        return eprintln!("RabbitMQ is not tried, since its package is not unpacked in target/programs");
    };
    for what in ["supervisor", "server", "pool"] {
        holds(&folder, &format!("code {modules:?}\nallow orphans\nrun \"rabbit.{what}\"\n"));
    }
}

/// Files in memory are to a program what those of a disk are.
#[test]
fn files_in_memory_are_what_files_of_a_disk_are() {
    let Some(folder) = folder(&["files.erl"]) else { return };
    let place = TempDir::new().expect("a folder");
    let place = place.path().display();
    // With Elixir its own modules are asked too.
    let asks = [format!(":files.expected('{place}')"), format!("files:expected(\"{place}\"), halt().")];
    let real = match witness::has("elixir") {
        true => ["elixir", "-pa", ".", "-e", &asks[0]],
        false => ["erl", "-noshell", "-noinput", "-eval", &asks[1]],
    };
    let mut command = Command::new(real[0]);
    command.args(&real[1..]);
    let asked = command.current_dir(folder.path()).output().expect("it runs");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    compile(&folder, "expected.erl");
    holds(&folder, "run \"expected.holds\"\n");
}

/// A number that is greater than all before is taken in some order, also right behind what sets others going.
#[test]
fn monotonic_numbers_are_taken_in_every_order() {
    let Some(folder) = folder(&["monotonic.erl"]) else { return };
    for (function, status) in [("first", 1), ("rises", 0)] {
        let output =
            treefall(&folder, &["explore", "--exhaustive"], &format!("run \"monotonic.{function}\"\n"));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(status), "{function}: {told}");
    }
}

/// What nobody may rely on is otherwise with another number, and each number's is always the same.
#[test]
fn orders_that_mean_nothing_can_be_shuffled() {
    let Some(folder) = folder(&["shuffled.erl"]) else { return };
    let told = |number: u32| {
        fs::write(
            folder.path().join("x.kdl"),
            format!("code \".\" shuffle={number}\nrun \"shuffled.main\"\n"),
        )
        .expect("written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
        let output = command.args(["run", "x.kdl"]).current_dir(folder.path()).env("COLUMNS", "500").output();
        let output = output.expect("treefall runs");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines =
            told.lines().filter_map(|line| line.split_once("writes ")).map(|(_, text)| text.to_owned());
        lines.collect::<Vec<_>>()
    };
    let (plain, one, two) = (told(0), told(1), told(2));
    assert_eq!(plain.len(), 6, "{plain:?}");
    for ((plain, one), two) in plain.iter().zip(&one).zip(&two) {
        assert!(plain != one && one != two && plain != two, "{plain}\n{one}\n{two}");
    }
    assert_eq!(one, told(1));
}
